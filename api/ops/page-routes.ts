import { type Request, type RequestHandler, type Response, Router } from 'express'
import { requestRedelivery } from '../../commands/postbacks/request-redelivery.js'
import { opsPage } from '../../web/ops/ops-page.js'
import type { ApiDependencies } from '../dependencies.js'
import { toProblem } from '../http/errors.js'
import type { SignedIn } from '../http/operator-sessions.js'
import { notFound } from '../http/problem.js'
import { parse } from '../http/validate.js'
import { checkFormToken, field, formBody, sameOriginOnly } from '../pages/form.js'
import { sendDocument } from '../pages/send-document.js'
import { operatorPage, signedInOf } from '../pages/sign-in.js'
import { tellConnection } from './connection-actions.js'
import { type NoticeCode, noticeOf } from './notices.js'
import { readOpsView } from './ops-view.js'
import { redrive } from './redrive.js'
import { type ConnectionAction, OpsPageQuery, PauseRequest } from './schemas.js'
import type { TemporalUi } from './temporal-ui.js'

/** The action of a button; returns the code of its notice. */
type Button = (signedIn: SignedIn, request: Request) => Promise<NoticeCode>

/** `/ops`, the operations page, and the actions of its buttons. It works without a script. */
export function opsPageRoutes(deps: ApiDependencies, ui: TemporalUi): Router {
  const router = Router({ caseSensitive: true })
  const signedIn = operatorPage(deps, '/ops')

  const show = async (request: Request, response: Response, status: number, alert: string | null): Promise<void> => {
    const { operator, formToken } = signedInOf(response)
    const query = parse(OpsPageQuery, request.method === 'GET' ? withoutEmpty(request.query) : {})
    const view = await readOpsView(deps, ui, query)
    sendDocument(response, status, {
      title: 'Operations',
      signedIn: { operator: operator.id, formToken },
      body: opsPage({ ...view, formToken, notice: noticeOf(query.notice), alert }),
    })
  }
  const press = (button: Button): RequestHandler[] => [
    sameOriginOnly,
    signedIn,
    formBody,
    async (request, response) => {
      const who = signedInOf(response)
      checkFormToken(request, who)
      try {
        response.redirect(303, `/ops?notice=${await button(who, request)}`)
      } catch (error) {
        const problem = toProblem(error)
        if (problem.code === 'database_unavailable') throw error
        if (problem.status === 500) deps.logger.error({ err: error }, "an operator's action failed")
        await show(request, response, problem.status, `${problem.detail}.`)
      }
    },
  ]
  const tell = (action: ConnectionAction) =>
    press(async ({ operator }, request) => {
      const reason = action === 'pause' ? parse(PauseRequest, { reason: field(request, 'reason') }).reason : undefined
      await tellConnection(deps, operator, String(request.params.id), action, reason)
      return action
    })

  router.get('/ops', signedIn, (request, response) => show(request, response, 200, null))
  router.post('/ops/connections/:id/pause', ...tell('pause'))
  router.post('/ops/connections/:id/resume', ...tell('resume'))
  router.post('/ops/connections/:id/poll', ...tell('poll'))
  router.post(
    '/ops/quarantine/:id/redrive',
    ...press(async ({ operator }, request) => {
      const { state } = await redrive(deps, operator, String(request.params.id))
      return `redrive-${state}`
    }),
  )
  router.post(
    '/ops/postbacks/:id/redeliver',
    ...press(async ({ operator }, request) => {
      await redeliver(deps, String(request.params.id))
      deps.logger.info({ postback: request.params.id, operator: operator.id }, 'operator sent a message again')
      return 'redeliver'
    }),
  )
  return router
}

/** The query of a page; a browser sends a filter that is not set as an empty field. */
const withoutEmpty = (query: Request['query']): Request['query'] =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''))

async function redeliver(deps: ApiDependencies, postbackId: string): Promise<void> {
  const asked = await requestRedelivery(deps, { postbackId, panel: null })
  if (asked === null) throw notFound('Message not found')
  deps.sessions.redeliver(postbackId, asked.redelivery, asked.sessionId)
}
