import type { IncomingMessage } from 'node:http'
import express, { type RequestHandler } from 'express'
import { changedNumber } from './json-numbers.js'
import { Problem } from './problem.js'
import { invalid } from './validate.js'

/** More than any valid request needs; some thousand levels would exhaust the stack when the value is serialised. */
const MOST_LEVELS = 64

/** The text of each body during parsing: once it is known to be JSON, its numbers are checked in the text. */
const texts = new WeakMap<IncomingMessage, string>()

/**
 * Reads JSON bodies up to 256 KB and 64 levels; another content type with a body is 415. A number that a double would
 * change is a 400 that names its field.
 */
export function jsonBody(limit = '256kb'): RequestHandler[] {
  const read = express.json({
    limit,
    type: ['application/json', 'application/*+json'],
    strict: false,
    verify: keepText,
  })
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
    (request, _response, next) => {
      if (isDeeperThan(request.body, MOST_LEVELS)) {
        throw new Problem(400, 'invalid_request', `The body is nested too deeply: at most ${MOST_LEVELS} levels`)
      }
      const changed = changedNumber(texts.get(request) ?? '')
      texts.delete(request)
      if (changed !== null) {
        const message = `${changed.literal} has more digits than a double keeps: send it as text, in quotes`
        throw invalid([{ field: changed.field, message }])
      }
      next()
    },
  ]
}

function keepText(request: IncomingMessage, _response: unknown, body: Buffer, charset: string): void {
  texts.set(request, new TextDecoder(charset).decode(body))
}

/** True when a JSON value has more levels of arrays and objects. Visits one level at a time and needs no stack. */
function isDeeperThan(value: unknown, most: number): boolean {
  let level = [value].filter(isNested)
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= most) return true
    level = level.flatMap((one) => Object.values(one).filter(isNested))
  }
  return false
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null
