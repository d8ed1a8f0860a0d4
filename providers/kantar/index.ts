import type { ProviderAdapter } from '../adapter.js'
import { readUpdate } from './catalogue.js'
import { postAck } from './client.js'
import { type KantarConnection, kantarConnection } from './config.js'
import { openEntry } from './entry.js'
import { fetchSupply } from './feed.js'
import { readArrival } from './outcomes.js'

/** The Profiles Partner Gateway's Supply API and session router (Kantar Gateway API), as a supplier sees them. */
export const kantar: ProviderAdapter<KantarConnection> = {
  name: 'kantar',
  config: kantarConnection,
  // Our canonical attributes are the gateway's own (docs/matching.md, The words of a profile).
  vocabulary: { identity: true, attributes: {} },
  feed: {
    pollEveryMs: (config) => config.poll,
    fetch: fetchSupply,
    readRecord: (config, raw) => readUpdate(raw, config),
    acknowledge: postAck,
  },
  entry: { priceWithEntry: false, open: openEntry },
  arrivals: { read: readArrival },
}
