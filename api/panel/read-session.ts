import type { RequestHandler, Response } from 'express'
import { z } from 'zod'
import { readPanelSession } from '../../db/read-models/panel-session.js'
import { readTimeline } from '../../db/read-models/session-timeline.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import type { ApiDependencies } from '../dependencies.js'
import { panelOf } from '../http/auth.js'
import { notFound } from '../http/problem.js'
import { sessionSummary } from './session-answer.js'
import type { SessionAnswer } from './session-schemas.js'

/** `GET /v1/sessions/{session_id}`: the current state of a session, and its timeline. */
export function readSession(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const row = await ownSession(deps, response, request.params.session_id)
    const timeline = await readTimeline(deps.knex, row.session_id)
    const answer: SessionAnswer = {
      ...sessionSummary(row),
      events: timeline.map(({ at, type, details }) => ({ ...details, at: at.toISOString(), type })),
    }
    response.json(answer)
  }
}

/**
 * The caller's session, read as the caller so that row-level security holds.
 * @throws Problem 404 for an unknown session, another panel's session and an invalid session id, with identical answers
 */
export async function ownSession(deps: ApiDependencies, response: Response, sessionId: unknown): Promise<SessionRow> {
  const id = z.uuid().safeParse(sessionId)
  const row = id.success ? await readPanelSession(deps.knex, panelOf(response).id, id.data) : null
  if (row === null) throw notFound('Session not found')
  return row
}
