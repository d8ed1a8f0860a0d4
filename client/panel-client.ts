import type { z } from 'zod'
import type { AttributesAnswer } from '../api/panel/attribute-schemas.js'
import type { ExplainAnswer } from '../api/panel/explain-schemas.js'
import type { PanelistAnswer, PanelistRequest } from '../api/panel/panelist-schemas.js'
import type { PostbacksAnswer, RedeliverAnswer } from '../api/panel/postback-schemas.js'
import type { CreateSessionAnswer, CreateSessionRequest, MatchAnswer, MatchRequest } from '../api/panel/schemas.js'
import type { SessionAnswer, SessionSummary, SessionsAnswer } from '../api/panel/session-schemas.js'
import type { Outcome } from '../domain/outcome.js'
import { type ClientOptions, path, Transport } from './http.js'

export interface SessionFilter {
  /** A date or a timestamp: created at or after. */
  readonly from?: string
  /** Created before. */
  readonly to?: string
  readonly outcome?: Outcome
  readonly panelist_id?: string
  /** A page's size [50], at most 500. */
  readonly limit?: number
}

/**
 * The API for a panel app. The types are inferred from the schemas that validate the API's requests.
 * Every method throws TributaryError when the call fails.
 */
export class PanelClient {
  readonly #api: Transport

  constructor(options: ClientOptions) {
    this.#api = new Transport(options)
  }

  /** Which surveys suit a panelist, best first. */
  match(request: z.input<typeof MatchRequest>): Promise<MatchAnswer> {
    return this.#api.json('/v1/surveys/match', { method: 'POST', body: request })
  }

  /** Why a survey is offered to a stored panelist, or not. */
  explain(surveyId: string, panelistId: string): Promise<ExplainAnswer> {
    return this.#api.json(path`/v1/surveys/${surveyId}/explain`, { query: { panelist_id: panelistId } })
  }

  /** The vocabulary of a profile, each word with the connections that use it. @param country alpha-3 [all] */
  attributes(country?: string): Promise<AttributesAnswer> {
    return this.#api.json('/v1/attributes', country === undefined ? {} : { query: { country } })
  }

  /** Stores a panelist; replaces the whole earlier profile. */
  putPanelist(panelistId: string, panelist: z.input<typeof PanelistRequest>): Promise<PanelistAnswer> {
    return this.#api.json(path`/v1/panelists/${panelistId}`, { method: 'PUT', body: panelist })
  }

  getPanelist(panelistId: string): Promise<PanelistAnswer> {
    return this.#api.json(path`/v1/panelists/${panelistId}`)
  }

  /**
   * Turns an offer into a session.
   * @param idempotencyKey repeats of the same request with the same key create one session and get the same answer
   */
  createSession(request: z.input<typeof CreateSessionRequest>, idempotencyKey?: string): Promise<CreateSessionAnswer> {
    const headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }
    return this.#api.json('/v1/sessions', { method: 'POST', body: request, headers })
  }

  getSession(sessionId: string): Promise<SessionAnswer> {
    return this.#api.json(path`/v1/sessions/${sessionId}`)
  }

  /** One page of sessions, newest first. @param cursor `next_cursor` of the page before */
  listSessions(filter: SessionFilter = {}, cursor?: string): Promise<SessionsAnswer> {
    return this.#api.json('/v1/sessions', { query: { ...filter, cursor } })
  }

  /** All sessions, newest first, fetched page by page as they are read. */
  async *sessions(filter: SessionFilter = {}): AsyncGenerator<SessionSummary> {
    let cursor: string | undefined
    do {
      const page = await this.listSessions(filter, cursor)
      yield* page.sessions
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
  }

  /** The messages to the panel about a session, with every attempt. */
  listPostbacks(sessionId: string): Promise<PostbacksAnswer> {
    return this.#api.json('/v1/postbacks', { query: { session_id: sessionId } })
  }

  /** Sends a message once more, under the same webhook-id. */
  redeliver(postbackId: string): Promise<RedeliverAnswer> {
    return this.#api.json(path`/v1/postbacks/${postbackId}/redeliver`, { method: 'POST' })
  }
}
