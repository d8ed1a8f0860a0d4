import type { RequestHandler } from 'express'
import { isArrival } from './browser-addresses.js'
import { clientAddress } from './client-address.js'
import { hold } from './hold.js'
import { Problem } from './problem.js'
import { RefusalLimit } from './refusal-limit.js'

/**
 * At most this many refused arrivals per address and minute; many more than a provider with a wrong setting sends by
 * mistake. The bucket refills by twenty a second, so the arrivals of a sender that waits for each answer (a tenth of a
 * second, `hold.ts`) are always read: the first authentic arrival behind a flood of forged ones is accepted.
 */
const REFUSED_PER_MINUTE = 1_200
/** The burst: reading this many costs a fifth of a second, too short to delay other requests noticeably. */
const REFUSED_BURST = 150

/**
 * Limits an address whose arrivals within the last minute were all refused (forged returns and postbacks, invented
 * links): refuses its next arrivals before reading them. An authentic arrival lifts the limit, and the few arrivals per
 * second that are still read are enough for that: arrivals of a provider with a corrected setting are accepted within a
 * second. Arrivals have no limit by key, and an address with one authentic arrival per minute has no limit.
 * Answers 429 with Retry-After, after a short delay.
 */
export function limitRefusedArrivals(
  limit = new RefusalLimit(REFUSED_PER_MINUTE, undefined, undefined, REFUSED_BURST),
): RequestHandler {
  return (request, response, next) => {
    if (!isArrival(request)) return next()
    const address = clientAddress(request)
    const waitSeconds = limit.waitSeconds(address)
    if (waitSeconds > 0) {
      const detail = 'Too many arrivals from this address failed verification'
      return hold(() => next(new Problem(429, 'too_many_refused', detail, { retryAfterSeconds: waitSeconds })))
    }
    // `close`, because a request whose sender disconnects before the answer has caused the same work
    response.once('close', () => {
      if (!response.headersSent) return limit.refused(address)
      if (response.statusCode < 400) limit.proven(address)
      else if (response.statusCode < 500) limit.refused(address)
    })
    next()
  }
}
