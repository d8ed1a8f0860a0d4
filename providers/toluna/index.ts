import type { ProviderAdapter } from '../adapter.js'
import { shippedVocabulary } from '../kit/shipped-vocabulary.js'
import { readSurvey } from './catalogue.js'
import { type TolunaConnection, tolunaConnection } from './config.js'
import { memberCode, openEntry } from './entry.js'
import { fetchSupply } from './feed.js'
import { fetchMembers } from './members.js'
import { readArrival, readQuotaNews } from './outcomes.js'
import { checkQuota } from './quota-status.js'

/** Toluna's External Sample (Toluna External Sample), as a partner sees it. */
export const toluna: ProviderAdapter<TolunaConnection> = {
  name: 'toluna',
  config: tolunaConnection,
  vocabulary: shippedVocabulary('toluna'),
  feed: {
    pollEveryMs: (config) => config.minPoll,
    fetch: fetchSupply,
    readRecord: (config, raw) => readSurvey(raw, config),
  },
  members: { panelistCode: memberCode, fetch: fetchMembers },
  entry: { priceWithEntry: true, open: openEntry },
  arrivals: {
    read: readArrival,
    accountOf: (config) => `${config.baseUrl}\n${config.apiAuthKey}`,
  },
  quotas: { check: checkQuota, readNews: readQuotaNews },
}
