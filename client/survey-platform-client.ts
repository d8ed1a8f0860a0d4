import type { z } from 'zod'
import type {
  PanelistSurveyOutcome,
  PanelistSurveyOutcomeResponse,
  RetrieveSessionResponse,
} from '../api/router/schemas.js'
import { type ClientOptions, path, Transport } from './http.js'

/** The API for a survey platform (Kantar Gateway API, Session Router). Throws as BuyerClient does. */
export class SurveyPlatformClient {
  readonly #api: Transport

  constructor(options: ClientOptions) {
    this.#api = new Transport(options)
  }

  /** Reads a session. @param token the value of `t`, or of the ((SESSION_ID)) placeholder, in the survey's address */
  getSession(token: string): Promise<RetrieveSessionResponse> {
    return this.#api.json(path`/sessions/${token}`)
  }

  /** Reports the outcome of a session. The first outcome counts. @returns where to send the browser */
  tellOutcome(outcome: z.input<typeof PanelistSurveyOutcome>): Promise<PanelistSurveyOutcomeResponse> {
    return this.#api.json('/panelist-outcome', { method: 'POST', body: outcome })
  }
}
