import type { Request, RequestHandler } from 'express'

/** Where respondents' browsers come: every GET of these may change a session. */
const DOORS = ['/e/', '/returns/', '/sessions/start/', '/sessions/finish/', '/panelist-outcome/']
/** Providers' servers; some tell by GET. */
const POSTBACKS = '/postbacks/'
/** Pages for people, with everything below them. */
const PAGES = ['/ops', '/finance', '/docs', '/demo', '/sign-in', '/sign-out']

/** Whether a person looks at the answer: then it is a page, whatever goes wrong. */
export function isBrowserAddress(request: Request): boolean {
  const path = pathOf(request)
  if (request.method === 'GET' || request.method === 'HEAD') {
    if (DOORS.some((door) => path.startsWith(door))) return true
  }
  return PAGES.some((page) => path === page || path.startsWith(`${page}/`))
}

/** Whether a request brings news of a session, by a browser or by a provider's server. */
export function isArrival(request: Request): boolean {
  const path = pathOf(request)
  if (path.startsWith(POSTBACKS)) return request.method === 'GET' || request.method === 'POST'
  return request.method === 'GET' && DOORS.some((door) => path.startsWith(door))
}

/**
 * Refuses what a browser fetches before anybody clicked: it changes nothing, as a scanner's HEAD. Browsers keep and show
 * a prefetched answer only when it succeeded (WICG nav-speculation: an ok status, 200 to 299), so the refusal is the
 * customary 503, and the real click asks again. Without `Retry-After`: the click may come in the next moment.
 */
export const refusePrefetch: RequestHandler = (request, response, next) => {
  if (isPrefetch(request) && isArrival(request)) return void response.status(503).end()
  next()
}

/** `Sec-Purpose: prefetch`, `prefetch;prerender` (Fetch); before it was agreed on, `Purpose`, `X-Purpose`, `X-Moz`. */
function isPrefetch({ method, headers }: Request): boolean {
  return method === 'GET' && PURPOSES.some((name) => AHEAD_OF_A_CLICK.test(String(headers[name] ?? '')))
}

const PURPOSES = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']
const AHEAD_OF_A_CLICK = /\b(?:prefetch|prerender|preview)\b/i

/** Routes of the app ignore case. */
const pathOf = (request: Request): string => request.path.toLowerCase()
