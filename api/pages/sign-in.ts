import { type RequestHandler, type Response, Router } from 'express'
import type { OperatorConfig, OperatorRole } from '../../platform/config/schema.js'
import { OPERATOR_STYLE } from '../../web/kit/stylesheets.js'
import { signInForm } from '../../web/sign-in.js'
import type { ApiDependencies } from '../dependencies.js'
import { keyOf } from '../http/auth.js'
import type { SignedIn } from '../http/operator-sessions.js'
import { checkFormToken, field, formBody, sameOriginOnly } from './form.js'
import { sendAsset } from './send-asset.js'
import { sendDocument } from './send-document.js'

/** The pages that need a sign-in, with the role that each requires. */
export const OPERATOR_PAGES: Readonly<Record<string, OperatorRole>> = { '/ops': 'ops' }

/** Signing in and out of the operators' pages, and their stylesheet. */
export function signInRoutes(deps: ApiDependencies): Router {
  const router = Router({ caseSensitive: true })
  router.get(OPERATOR_STYLE.path, sendAsset(OPERATOR_STYLE))
  router.post('/sign-in', sameOriginOnly, formBody, signIn(deps))
  router.post('/sign-out', sameOriginOnly, formBody, async (request, response) => {
    const signedIn = await deps.operatorSessions.find(request)
    if (signedIn !== null) checkFormToken(request, signedIn)
    await deps.operatorSessions.end(request, response)
    if (signedIn !== null) deps.logger.info({ operator: signedIn.operator.id }, 'operator signed out')
    response.redirect(303, '/ops')
  })
  return router
}

function signIn(deps: ApiDependencies): RequestHandler {
  return (request, response) => {
    const wanted = field(request, 'page')
    const page = Object.hasOwn(OPERATOR_PAGES, wanted) ? wanted : '/ops'
    const operator = operatorOf(deps, field(request, 'api_key').trim())
    if (operator === null) {
      if (field(request, 'api_key').trim() !== '') deps.limiter.countWrongKey(request)
      deps.logger.warn({ from: request.ip }, 'operator sign-in refused')
      return sendSignIn(response, 401, page, "This is not an operator's key.")
    }
    deps.operatorSessions.begin(response, operator)
    deps.logger.info({ operator: operator.id }, 'operator signed in')
    response.redirect(303, page)
  }
}

/**
 * Accepts an operator with the page's role, by the cookie of their sign-in or by their key in a header. Others get the
 * form to sign in. `signedInOf` then returns the operator.
 */
export function operatorPage(deps: ApiDependencies, page: keyof typeof OPERATOR_PAGES): RequestHandler {
  return async (request, response, next) => {
    const key = request.method === 'GET' ? keyOf(request) : null
    const byKey = key === null ? null : operatorOf(deps, key)
    // the forms of a page requested with a key do not work, because the program sends no cookie
    const signedIn = byKey === null ? await deps.operatorSessions.find(request) : { operator: byKey, formToken: '' }
    if (signedIn === null) return sendSignIn(response, 401, page, null)
    const role = OPERATOR_PAGES[page]
    if (role !== undefined && !signedIn.operator.roles.includes(role)) {
      return sendSignIn(response, 403, page, `Operator ${signedIn.operator.id} lacks the role "${role}".`)
    }
    response.locals.signedIn = signedIn
    next()
  }
}

/** The operator that `operatorPage` accepted. */
export const signedInOf = (response: Response): SignedIn => response.locals.signedIn as SignedIn

function operatorOf(deps: ApiDependencies, key: string): OperatorConfig | null {
  const caller = key === '' ? null : deps.keys.find(key)
  return caller?.kind === 'operator' ? caller.operator : null
}

function sendSignIn(response: Response, status: number, page: string, complaint: string | null): void {
  sendDocument(response, status, { title: 'Sign in', signedIn: null, body: signInForm(page, complaint) })
}
