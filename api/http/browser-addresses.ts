import type { Request, RequestHandler } from 'express'

/** Paths for respondents' browsers; every GET of these may change a session. */
const DOORS = ['/e/', '/returns/', '/sessions/start/', '/sessions/finish/', '/panelist-outcome/']
/** The path for providers' servers; some send their postbacks by GET. */
const POSTBACKS = '/postbacks/'
/** Paths of pages for people, with everything below them. */
const PAGES = ['/ops', '/finance', '/docs', '/demo', '/sign-in', '/sign-out']

/** True when a person reads the answer: then every error is a page. */
export function isBrowserAddress(request: Request): boolean {
  const path = pathOf(request)
  if (request.method === 'GET' || request.method === 'HEAD') {
    if (DOORS.some((door) => path.startsWith(door))) return true
  }
  return PAGES.some((page) => path === page || path.startsWith(`${page}/`))
}

/** True for a request of a browser or of a provider's server about a session. */
export function isArrival(request: Request): boolean {
  const path = pathOf(request)
  if (path.startsWith(POSTBACKS)) return request.method === 'GET' || request.method === 'POST'
  return request.method === 'GET' && DOORS.some((door) => path.startsWith(door))
}

/**
 * Refuses a browser's prefetch, which must change nothing because the respondent has not clicked. Browsers keep and
 * show a prefetched answer only when it succeeded (WICG nav-speculation: an ok status, 200 to 299), so the refusal is
 * the customary 503 and the real click sends a new request. No `Retry-After`, because the click may come immediately.
 */
export const refusePrefetch: RequestHandler = (request, response, next) => {
  if (isPrefetch(request) && isArrival(request)) return void response.status(503).end()
  next()
}

/** `Sec-Purpose: prefetch`, `prefetch;prerender` (Fetch); older browsers send `Purpose`, `X-Purpose`, `X-Moz`. */
function isPrefetch({ method, headers }: Request): boolean {
  return method === 'GET' && PURPOSES.some((name) => AHEAD_OF_A_CLICK.test(String(headers[name] ?? '')))
}

const PURPOSES = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']
const AHEAD_OF_A_CLICK = /\b(?:prefetch|prerender|preview)\b/i

/** The path in lower case, because the app's routes ignore case. */
const pathOf = (request: Request): string => request.path.toLowerCase()
