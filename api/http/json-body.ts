import express, { type RequestHandler } from 'express'
import { Problem } from './problem.js'

/** Reads JSON bodies up to 256 KB; another content type with a body is 415. */
export function jsonBody(limit = '256kb'): RequestHandler[] {
  const read = express.json({ limit, type: ['application/json', 'application/*+json'], strict: false })
  return [
    (request, _response, next) => {
      const sent =
        Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined
      if (sent && !request.is(['application/json', 'application/*+json'])) {
        throw new Problem(415, 'unsupported_media_type', 'Send the body as application/json')
      }
      next()
    },
    read,
  ]
}
