import { Router } from 'express'
import { failing } from '../fault-middleware.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { accountOf } from './accounts.js'
import { type ErrorDetail, gatewayError, validationError } from './errors.js'
import type { PlanBook } from './plans.js'
import type { SessionBook } from './sessions.js'
import { judgeSession } from './validation.js'

export interface SessionRouterParts {
  plans: PlanBook
  sessions: SessionBook
  faults: FaultBoard
  journal: Journal
  /** The address of the session router for browsers. */
  routerUrl: () => string
}

/** `POST /panels/{panelId}/session/{token}` (Kantar Gateway API, Create Session). Requires an authenticated account. */
export function createSessionRouter({ plans, sessions, faults, journal, routerUrl }: SessionRouterParts): Router {
  const router = Router()

  router.post(
    '/:panelId/session/:token',
    failing(faults, journal, 'kantar.session', gatewayError),
    (request, response) => {
      const account = accountOf(response)
      const { panelId, token } = request.params
      const refuse = (details: ErrorDetail[], plan?: string) => {
        journal.record('kantar.session_refused', { connection: account.connection, plan, details })
        response.status(400).json(validationError(details))
      }

      const stored = typeof token === 'string' ? plans.findByToken(token) : undefined
      if (panelId !== account.panelId)
        return refuse([{ constraint: 'panel', field: 'panelId', message: 'this key is not for this panel' }])
      if (!stored?.enterable || stored.raw !== undefined || !plans.isVisible(stored, account.panelId))
        return refuse([{ constraint: 'exists', field: 'token', message: 'no survey plan has this token' }])

      const verdict = judgeSession(request.body, stored.plan)
      if (!verdict.accepted) return refuse(verdict.details, stored.plan.id)

      const session = sessions.create(account, stored, verdict.quota?.id ?? null, verdict.session)
      journal.record('kantar.session_created', {
        connection: account.connection,
        session: session.id,
        plan: session.planId,
        quota: session.quotaId,
        panelist: session.panelistId,
        custom_panel_data: session.customPanelData,
        profile: Object.keys(verdict.session.panelist_profile ?? {}),
      })
      response.json({ url: `${routerUrl()}/sessions/start/${session.id}` })
    },
  )

  return router
}
