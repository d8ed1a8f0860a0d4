import { dynata } from '../../../providers/dynata/index.js'
import { readCases } from '../case.js'
import type { ConfigOf } from '../config-of.js'
import type { Suite } from '../contract.js'
import { DYNATA, meaningful } from '../public-words.js'
import { pageOf, readMatchRequest, SECURITY_KEY } from './page.js'

const hash = (parameter: string, field: string) => ({
  kind: 'hash',
  algorithm: 'md5',
  parameter,
  over: [field],
  secret: 'callback-secret',
})

/** What the shared suite and the long fuzz run need to know about this provider. */
export const suite: Suite<ConfigOf<typeof dynata>> = {
  adapter: dynata,
  cases: readCases('dynata'),
  connection: {
    id: 'dynata',
    provider: 'dynata',
    panelist_ids: 'bare',
    base_url: 'https://matchapi.example',
    pub_id: 123,
    application_key: 'application-key',
    security_key: SECURITY_KEY,
    program_id: 'points',
    returns: { verify: { kind: 'none' } },
    postbacks: { verify: [hash('oidHash', 'offerInvitationId'), hash('txnHash', 'transactionId')] },
  },
  pageOf,
  readMatchRequest,
  words: meaningful(DYNATA),
  arrivalWith: (word) => ({ sub_id: 'session-1', status: word }),
}
