import type { ProviderAdapter } from '../adapter.js'
import { shippedVocabulary } from '../shipped-vocabulary.js'
import { readSurvey } from './catalogue.js'
import { type TolunaConnection, tolunaConnection } from './config.js'
import { memberCode, openEntry } from './entry.js'
import { fetchSupply } from './feed.js'
import { fetchMembers } from './members.js'
import { readArrival, readQuotaNews } from './outcomes.js'
import { checkQuota } from './quota-status.js'

/** Toluna's External Sample (seed 003), as a partner sees it. */
export const toluna: ProviderAdapter<TolunaConnection> = {
  name: 'toluna',
  config: tolunaConnection,
  vocabulary: shippedVocabulary('toluna'),
  priceWithEntry: true,
  pollEveryMs: (config) => config.minPoll,
  accountOf: (config) => `${config.baseUrl}\n${config.apiAuthKey}`,
  panelistCode: memberCode,
  fetchSupply,
  readRecord: (config, raw) => readSurvey(raw, config),
  fetchMembers,
  checkQuota,
  openEntry,
  readArrival,
  readQuotaNews,
}
