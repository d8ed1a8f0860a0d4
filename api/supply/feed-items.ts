import type { Knex } from '../../db/connect.js'
import { type FeedBody, type FeedNews, feedBodies } from '../../db/read-models/feed.js'
import { finishTime } from '../../domain/eligibility/rules/finish-date.js'
import { isCarried } from '../../domain/feed/carried.js'
import type { Words } from '../../domain/feed/translate-clause.js'
import { translateSurvey } from '../../domain/feed/translate-survey.js'
import type { Survey } from '../../domain/survey.js'
import { ownSupplierPlan, upstreamSupplierPlan } from './supplier-plan.js'

/** A survey as JSON text, shared by all panels: only its status and its session creation URL differ by panel. */
export interface FeedItem {
  /** The survey plan without its last brace, so that the status can be appended. */
  readonly plan: string
  /** False = the feed cannot carry it: a panel that has it receives it as closed. */
  readonly carried: boolean
  /** The fields that the rules read of a survey that is shown; its clauses and quotas are only in the text. */
  readonly survey: Survey
  /** Its end in epoch milliseconds; Infinity without an end. */
  readonly finishTime: number
  /** The version of this content; null = it waits for its revision. */
  readonly version: string | null
}

/** `<revision>:<epoch ms>`, as the seed writes versions. */
export const versionOf = ({ revision, changedMs }: Pick<FeedNews, 'revision' | 'changedMs'>): string =>
  `${revision}:${changedMs}`

const CHUNK = 500
/** Cache at most this many characters; a plan has about a thousand. */
const MOST_CHARACTERS = 64_000_000

/**
 * Renders surveys for the feed once per version and process, and caches them for all panels. Evicts the oldest
 * renderings when the cache is full.
 */
export class FeedItems {
  readonly #kept = new Map<string, { readonly version: string; readonly item: FeedItem }>()
  #characters = 0

  /** @param wordsOfConnection null for a connection whose surveys the feed does not carry */
  constructor(
    private readonly knex: Knex,
    private readonly wordsOfConnection: (connection: string) => Words | null,
    private readonly mostCharacters = MOST_CHARACTERS,
  ) {}

  /** The items of the changed surveys, by survey id, without those that were deleted from the database meanwhile. */
  async of(news: readonly FeedNews[]): Promise<ReadonlyMap<string, FeedItem>> {
    const items = new Map<string, FeedItem>()
    const wanted: FeedNews[] = []
    for (const one of news) {
      const kept = this.#kept.get(one.surveyId)
      if (kept?.version === versionOf(one) && !one.dirty) items.set(one.surveyId, kept.item)
      else if (one.body !== null) items.set(one.surveyId, this.#take(one.body))
      else wanted.push(one)
    }
    for (let from = 0; from < wanted.length; from += CHUNK) {
      const chunk = wanted.slice(from, from + CHUNK)
      const bodies = await feedBodies(
        this.knex,
        chunk.map(({ surveyId }) => surveyId),
      )
      for (const body of bodies) items.set(body.surveyId, this.#take(body))
    }
    return items
  }

  #take(body: FeedBody): FeedItem {
    const item = this.#render(body)
    // do not cache content that waits for its revision or has a newer, unsent one: it is not of this version
    if (!body.dirty) this.#keep(body.surveyId, versionOf(body), item)
    return item
  }

  #render(body: FeedBody): FeedItem {
    const { surveyId, connection, survey, plan } = body
    const words = plan === null ? this.wordsOfConnection(connection) : null
    const rendered =
      plan !== null
        ? ownSupplierPlan(surveyId, plan, survey)
        : upstreamSupplierPlan(surveyId, survey, translateSurvey(survey, words ?? new Map()))
    return {
      plan: JSON.stringify(rendered).slice(0, -1),
      carried: isCarried(survey) && (plan !== null || words !== null),
      survey: { ...survey, clauses: [], quotas: [], entry: {} },
      finishTime: finishTime(survey),
      version: body.dirty ? null : versionOf(body),
    }
  }

  #keep(surveyId: string, version: string, item: FeedItem): void {
    this.#forget(surveyId)
    this.#kept.set(surveyId, { version, item })
    this.#characters += item.plan.length
    for (const oldest of this.#kept.keys()) {
      if (this.#characters <= this.mostCharacters) break
      this.#forget(oldest)
    }
  }

  #forget(surveyId: string): void {
    const kept = this.#kept.get(surveyId)
    if (kept === undefined) return
    this.#kept.delete(surveyId)
    this.#characters -= kept.item.plan.length
  }
}
