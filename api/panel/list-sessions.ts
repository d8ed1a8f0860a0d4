import type { RequestHandler } from 'express'
import { listSessions } from '../../db/read-models/session-list.js'
import { asPanel } from '../../db/tenant.js'
import type { ApiDependencies } from '../dependencies.js'
import { panelOf } from '../http/auth.js'
import { parse } from '../http/validate.js'
import { cursorOf } from './paging.js'
import { sessionSummary } from './session-answer.js'
import { type SessionsAnswer, SessionsQuery } from './session-schemas.js'

/** `GET /v1/sessions`: the panel's sessions by creation, newest first, a page at a time. */
export function sessionList(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const panel = panelOf(response)
    const query = parse(SessionsQuery, request.query)
    const filter = {
      from: query.from ?? null,
      to: query.to ?? null,
      outcome: query.outcome ?? null,
      panelistId: query.panelist_id ?? null,
    }
    const { rows, next } = await asPanel(deps.knex, panel.id, (trx) =>
      listSessions(trx, panel.id, filter, query.cursor ?? null, query.limit),
    )
    const answer: SessionsAnswer = { sessions: rows.map(sessionSummary), next_cursor: cursorOf(next) }
    response.json(answer)
  }
}
