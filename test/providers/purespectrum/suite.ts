import type { Outcome } from '../../../domain/outcome.js'
import { purespectrum } from '../../../providers/purespectrum/index.js'
import { readCases } from '../case.js'
import type { ConfigOf } from '../config-of.js'
import type { Suite } from '../contract.js'
import { feedHttp, pageOf } from './page.js'

const verify = {
  kind: 'hash',
  algorithm: 'sha1',
  parameter: 'ps_hash',
  secret: 'hash-secret',
  over: 'url_without_separator',
}

/** Public pages, ps_rstatus: the codes that are known, each with what it is here. */
const words: Record<string, Outcome> = {
  21: 'COMPLETED',
  12: 'QUOTA_FULL',
  17: 'QUOTA_FULL',
  22: 'QUOTA_FULL',
  23: 'QUOTA_FULL',
  24: 'QUOTA_FULL',
  25: 'QUOTA_FULL',
  13: 'TERMINATED',
  18: 'TERMINATED',
  28: 'TERMINATED',
  15: 'DISQUALIFIED',
  20: 'DISQUALIFIED',
  29: 'DISQUALIFIED',
  30: 'DISQUALIFIED',
  31: 'DISQUALIFIED',
  32: 'DISQUALIFIED',
  33: 'REJECTED',
}

/** What the shared suite and the long fuzz run need to know about this provider. */
export const suite: Suite<ConfigOf<typeof purespectrum>> = {
  adapter: purespectrum,
  cases: readCases('purespectrum'),
  connection: {
    id: 'ps',
    provider: 'purespectrum',
    panelist_ids: 'bare',
    base_url: 'https://ps.example',
    access_token: 'the-secret-token',
    supplier_id: 49,
    returns: { verify },
    postbacks: { complete: { verify }, reversal: { verify } },
  },
  pageOf,
  feedHttp,
  words,
  arrivalWith: (word) => ({ ps_rstatus: word, ps_supplier_sid: 'session-1' }),
}
