import type { RequestHandler } from 'express'
import { isArrival } from './browser-addresses.js'
import { clientAddress } from './client-address.js'
import { hold } from './hold.js'
import { Problem } from './problem.js'
import { RefusalLimit } from './refusal-limit.js'

/**
 * Refused arrivals of one address in a minute: a good deal more than a provider with a wrong setting sends by mistake.
 * Twenty a second fill up again, so whoever waits for each answer (a tenth of a second, `hold.ts`) is always read: the
 * first authentic arrival behind a flood of forged ones is believed.
 */
const REFUSED_PER_MINUTE = 1_200
/** As many within a moment: reading them costs a fifth of a second, which nobody else's requests notice. */
const REFUSED_BURST = 150

/**
 * Stops an address of which every arrival within the last minute was refused, before anything of the next one is read:
 * forged returns and postbacks, made-up links. An authentic arrival opens it again, and the few that it may still send
 * are enough for that: a provider whose setting was put right is heard within a second. Arrivals are never limited by
 * key, and an address with a single good one a minute not at all.
 * Answers 429 with Retry-After, a moment later.
 */
export function limitRefusedArrivals(
  limit = new RefusalLimit(REFUSED_PER_MINUTE, undefined, undefined, REFUSED_BURST),
): RequestHandler {
  return (request, response, next) => {
    if (!isArrival(request)) return next()
    const address = clientAddress(request)
    const waitSeconds = limit.waitSeconds(address)
    if (waitSeconds > 0) {
      const detail = 'Too much came from this address that could not be believed'
      return hold(() => next(new Problem(429, 'too_many_refused', detail, { retryAfterSeconds: waitSeconds })))
    }
    // a sender who hangs up before the answer has had its work done all the same
    response.once('close', () => {
      if (!response.headersSent) return limit.refused(address)
      if (response.statusCode < 400) limit.proven(address)
      else if (response.statusCode < 500) limit.refused(address)
    })
    next()
  }
}
