import type { RequestHandler } from 'express'
import type { Asset } from '../../web/kit/asset.js'

/** During a rollout a page may be newer than the process that serves its asset. */
const OTHER_VERSION = 'public, max-age=300'
const SAME_VERSION = 'public, max-age=31536000, immutable'

/**
 * Sends a stylesheet or a script. It needs no key and reads only memory. With the hash of its content in the address,
 * it may be cached permanently; without a hash or with another one, for five minutes, after which the `ETag` avoids
 * a second download.
 */
export function sendAsset({ version, type, content }: Asset): RequestHandler {
  const body = Buffer.from(content)
  return (request, response) => {
    response.setHeader('Cache-Control', request.query.v === version ? SAME_VERSION : OTHER_VERSION)
    response.setHeader('ETag', `"${version}"`)
    response.type(type).send(body)
  }
}
