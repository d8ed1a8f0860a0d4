import type { RequestHandler } from 'express'
import { requestRedelivery } from '../../commands/postbacks/request-redelivery.js'
import { readPostbackLog } from '../../db/read-models/postback-log.js'
import type { ApiDependencies } from '../dependencies.js'
import { panelOf } from '../http/auth.js'
import { notFound } from '../http/problem.js'
import { parse } from '../http/validate.js'
import { type PostbacksAnswer, PostbacksQuery, type RedeliverAnswer } from './postback-schemas.js'
import { ownSession } from './read-session.js'

/** `GET /v1/postbacks?session_id`: what was sent to the panel about a session, attempt by attempt. */
export function listPostbacks(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const query = parse(PostbacksQuery, request.query)
    const row = await ownSession(deps, response, query.session_id)
    const postbacks = await readPostbackLog(deps.knex, row.session_id)
    const answer: PostbacksAnswer = {
      postbacks: postbacks.map((postback) => ({
        id: postback.postbackId,
        type: postback.type,
        session_id: postback.sessionId,
        state: postback.state,
        attempts: postback.attempts.map((attempt) => ({
          at: attempt.at.toISOString(),
          status: attempt.status,
          error: attempt.error,
          body_head: attempt.bodyHead,
        })),
      })),
    }
    response.json(answer)
  }
}

/** `POST /v1/postbacks/{id}/redeliver`: sends a message once more, delivered or dead, under the same webhook-id. */
export function redeliverPostback(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const panel = panelOf(response)
    const postbackId = String(request.params.id)
    const asked = await requestRedelivery(deps, { postbackId, panel: panel.id })
    if (asked === null) throw notFound('Postback not found')
    deps.sessions.redeliver(postbackId, asked.redelivery, asked.sessionId)
    const answer: RedeliverAnswer = { id: postbackId, state: 'pending' }
    response.status(202).json(answer)
  }
}
