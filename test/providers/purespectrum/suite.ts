import { purespectrum } from '../../../providers/purespectrum/index.js'
import { readCases } from '../case.js'
import type { ConfigOf } from '../config-of.js'
import type { Suite } from '../contract.js'
import { meaningful, PURESPECTRUM } from '../public-words.js'
import { feedHttp, pageOf } from './page.js'

const verify = {
  kind: 'hash',
  algorithm: 'sha1',
  parameter: 'ps_hash',
  secret: 'hash-secret',
  over: 'url_without_separator',
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
  words: meaningful(PURESPECTRUM),
  arrivalWith: (word) => ({ ps_rstatus: word, ps_supplier_sid: 'session-1' }),
}
