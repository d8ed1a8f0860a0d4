import type { ProviderAdapter } from '../adapter.js'
import { shippedVocabulary } from '../kit/shipped-vocabulary.js'
import { type DynataConnection, dynataConnection } from './config.js'
import { openEntry } from './entry.js'
import { matchPanelist } from './match.js'
import { readArrival } from './outcomes.js'

/** Dynata's publisher API, once Peanut Labs (Dynata Match API): no catalogue, a match for each panelist. */
export const dynata: ProviderAdapter<DynataConnection> = {
  name: 'dynata',
  config: dynataConnection,
  vocabulary: shippedVocabulary('dynata'),
  live: {
    terms: (config) => ({
      cacheMs: config.cache,
      timeoutMs: config.timeout,
      refreshesPerSecond: config.maxRefreshesPerSecond,
    }),
    matchPanelist,
  },
  entry: { priceWithEntry: false, open: openEntry },
  arrivals: {
    read: readArrival,
    getPostbacks: [''],
    // anything else is sent again (publisher guide, callback)
    postbackAnswer: '1',
  },
}
