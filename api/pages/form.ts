import express, { type Request, type RequestHandler, type Response } from 'express'
import { isSame, type SignedIn } from '../http/operator-sessions.js'
import { Problem } from '../http/problem.js'

/** Reads a small form. */
export const formBody: RequestHandler = express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 20 })

/** One field of a form; '' when it is absent, or sent twice. */
export function field(request: Request, name: string): string {
  const value = (request.body as Readonly<Record<string, unknown>> | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}

/** Refuses a form when the browser's headers name another site. @throws Problem 403 */
export const sameOriginOnly: RequestHandler = (request: Request, _response: Response, next) => {
  if (isForeign(request)) throw new Problem(403, 'foreign_form', 'This form was sent from another site')
  next()
}

/** @throws Problem 403 when the form was not made by our page for this operator */
export function checkFormToken(request: Request, { formToken }: SignedIn): void {
  if (!isSame(Buffer.from(field(request, 'form_token')), Buffer.from(formToken)))
    throw new Problem(403, 'stale_form', 'This form belongs to another sign-in; load the page again')
}

/** Browsers name a form's origin in one of two headers; a client that sends neither is not a browser. */
function isForeign(request: Request): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const { origin, host } = request.headers
  if (origin === undefined) return false
  return !URL.canParse(origin) || new URL(origin).host !== host
}
