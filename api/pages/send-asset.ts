import type { RequestHandler } from 'express'
import type { Asset } from '../../web/kit/asset.js'

/** A page may be newer than the process that is asked for its asset, while a new version is rolled out. */
const OTHER_VERSION = 'public, max-age=300'
const SAME_VERSION = 'public, max-age=31536000, immutable'

/**
 * Sends a stylesheet or a script. It needs no key and reads nothing but memory. Asked for by the hash of what it is, it may
 * be kept for good; asked for without one or by another, for five minutes, after which the `ETag` spares the content.
 */
export function sendAsset({ version, type, content }: Asset): RequestHandler {
  const body = Buffer.from(content)
  return (request, response) => {
    response.setHeader('Cache-Control', request.query.v === version ? SAME_VERSION : OTHER_VERSION)
    response.setHeader('ETag', `"${version}"`)
    response.type(type).send(body)
  }
}
