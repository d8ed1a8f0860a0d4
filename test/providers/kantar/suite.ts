import { OUTCOMES } from '../../../domain/outcome.js'
import { kantar } from '../../../providers/kantar/index.js'
import { readCases } from '../case.js'
import type { ConfigOf } from '../config-of.js'
import type { Suite } from '../contract.js'
import { pageOf } from './page.js'

const verify = {
  kind: 'jws',
  parameter: 'jws',
  algorithms: ['RS256'],
  jwks_url: 'https://router.example/.well-known/jwks.json',
}

/** What the shared suite and the long fuzz run need to know about this provider. */
export const suite: Suite<ConfigOf<typeof kantar>> = {
  adapter: kantar,
  cases: readCases('kantar'),
  connection: {
    id: 'kantar-us',
    provider: 'kantar',
    panelist_ids: 'bare',
    supply_url: 'https://supply.example',
    api_key: 'the-secret-key',
    session_hosts: ['gateway.kantar.com'],
    returns: { verify },
    postbacks: { verify: { ...verify, location: 'body' } },
  },
  pageOf,
  words: Object.fromEntries(OUTCOMES.map((word) => [word, word])),
  arrivalWith: (word) => ({ session_id: '43ac6dbb', outcome: word }),
}
