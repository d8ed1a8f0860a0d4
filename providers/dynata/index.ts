import type { ProviderAdapter } from '../adapter.js'
import { shippedVocabulary } from '../kit/shipped-vocabulary.js'
import { type DynataConnection, dynataConnection } from './config.js'
import { openEntry } from './entry.js'
import { matchPanelist } from './match.js'
import { readArrival } from './outcomes.js'

/** Dynata's publisher API, formerly Peanut Labs (Dynata Match API): no catalogue, one match per panelist. */
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
    // Dynata sends the callback again after any other body (publisher guide, callback).
    postbackAnswer: '1',
  },
}
