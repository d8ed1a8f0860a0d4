import type { ProviderAdapter } from '../adapter.js'
import { shippedVocabulary } from '../kit/shipped-vocabulary.js'
import { type PureSpectrumConnection, purespectrumConnection } from './config.js'
import { openEntry } from './entry.js'
import { fetchSupply } from './feed.js'
import { readArrival } from './outcomes.js'
import { readSurvey } from './records.js'

/** PureSpectrum's supplier API (PureSpectrum Supply API) as a supplier sees it. */
export const purespectrum: ProviderAdapter<PureSpectrumConnection> = {
  name: 'purespectrum',
  config: purespectrumConnection,
  vocabulary: shippedVocabulary('purespectrum'),
  feed: {
    pollEveryMs: (config) => config.poll,
    fetch: fetchSupply,
    readRecord: (config, raw, order) => readSurvey(raw, { surveyId: null, order, row: null }, config),
  },
  entry: { priceWithEntry: false, open: openEntry },
  arrivals: { read: readArrival, getPostbacks: ['reversal'] },
}
