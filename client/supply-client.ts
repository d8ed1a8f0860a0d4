import type { z } from 'zod'
import type { CreateSurveySessionResponse, SurveySession } from '../api/router/schemas.js'
import type { SurveyAnswer, SurveysAnswer } from '../api/suppliers/schemas.js'
import type { FeedAnswer } from '../api/supply/schemas.js'
import { type ClientOptions, path, Transport } from './http.js'

/** One survey of the feed, in its newest version. */
export type FeedItem = z.output<typeof FeedAnswer>[number]

/**
 * The API for a panel that stores the surveys itself: the feed of changes and sessions from it (Kantar Gateway API),
 * and the panel's guaranteed completes (PureSpectrum Supply API). A panel that matches one panelist at a time uses
 * PanelClient. Every method throws TributaryError when the call fails.
 */
export class SupplyClient {
  readonly #api: Transport

  constructor(options: ClientOptions) {
    this.#api = new Transport(options)
  }

  /** The changes since the last acknowledgement; empty when there are none. Poll every 10 to 15 seconds. */
  feed(): Promise<FeedItem[]> {
    return this.#api.json('/surveys')
  }

  /** Acknowledges that the feed is processed up to `ackId`: the next poll begins after it. */
  async acknowledge(ackId: number): Promise<void> {
    await this.#api.send('/surveys/ack', { method: 'POST', body: { ack_id: ackId } })
  }

  /**
   * Reads all changes, answer by answer, and acknowledges each once `store` resolves; the API repeats the others.
   * @returns the number of changes
   */
  async takeChanges(store: (changes: readonly FeedItem[]) => Promise<void>): Promise<number> {
    let taken = 0
    for (;;) {
      const changes = await this.feed()
      const last = changes.at(-1)
      if (last === undefined) return taken
      await store(changes)
      await this.acknowledge(last.ack_id)
      taken += changes.length
    }
  }

  /**
   * Creates a session for a panelist and a survey of the feed.
   * @param creationUrl the item's `survey_session_creation_url`
   * @returns where to send the panelist
   */
  createSession(creationUrl: string, request: z.input<typeof SurveySession>): Promise<CreateSurveySessionResponse> {
    // send the key only to this client's own API, whatever host the address names; baseUrl already contains the
    // path prefix of public_url
    const { pathname } = new URL(creationUrl)
    const address = pathname.slice(pathname.lastIndexOf('/panels/'))
    return this.#api.json(address, { method: 'POST', body: request })
  }

  /** One survey with the panel's guaranteed completes. */
  supplierSurvey(surveyId: string): Promise<z.output<typeof SurveyAnswer>> {
    return this.#api.json(path`/suppliers/v2/surveys/${surveyId}`, { keyHeader: 'access-token' })
  }

  /**
   * @param filter `survey_status`: 22 live [22], 33 paused, 44 closed; `mod_on`: changed since, in epoch milliseconds
   */
  supplierSurveys(filter: { survey_status?: number; mod_on?: number } = {}): Promise<z.output<typeof SurveysAnswer>> {
    return this.#api.json('/suppliers/v2/surveys', { query: filter, keyHeader: 'access-token' })
  }
}
