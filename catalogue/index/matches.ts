import type { Money } from '../../domain/money.js'
import { compareRanked } from '../../domain/ranking.js'
import type { Quota } from '../../domain/survey.js'
import type { Verdict } from '../../domain/targeting/verdict.js'
import type { IndexedSurvey } from '../entry.js'
import { YES } from './predicates.js'

/** A matching survey, at the quota it would be offered at. */
export interface Hit {
  readonly surveyId: string
  readonly indexed: IndexedSurvey
  readonly verdict: Exclude<Verdict, 'no'>
  readonly quota: Quota | null
  readonly price: Money
  readonly score: number
}

/**
 * The hits of a match, best first; ties by survey id. Builds a hit only when it is taken, because most callers want the
 * first few of many.
 */
export class Matches {
  private readonly surveyIds: string[] = []
  private readonly surveys: IndexedSurvey[] = []
  private readonly verdicts: number[] = []
  /** The quota's index in the survey; -1 = none. */
  private readonly quotas: number[] = []
  private readonly scores: number[] = []
  private order: number[] | null = null

  get count(): number {
    return this.surveyIds.length
  }

  /** @param verdict MAYBE or YES */
  add(surveyId: string, indexed: IndexedSurvey, verdict: number, quota: number, score: number): void {
    this.surveyIds.push(surveyId)
    this.surveys.push(indexed)
    this.verdicts.push(verdict)
    this.quotas.push(quota)
    this.scores.push(score)
  }

  /** All survey ids. */
  ids(): string[] {
    return this.ranked().map((position) => this.surveyIds[position] ?? '')
  }

  /**
   * The first hits, at most `limit`.
   * @param permits a further filter
   */
  take(limit: number, permits: (hit: Hit) => boolean = () => true): Hit[] {
    const hits: Hit[] = []
    for (const position of this.ranked()) {
      if (hits.length >= limit) break
      const hit = this.hitAt(position)
      if (hit !== null && permits(hit)) hits.push(hit)
    }
    return hits
  }

  private hitAt(position: number): Hit | null {
    const indexed = this.surveys[position]
    if (indexed === undefined) return null
    const { surveyId, survey } = indexed.entry
    const quota = survey.quotas[this.quotas[position] ?? -1] ?? null
    const verdict = this.verdicts[position] === YES ? 'yes' : 'maybe'
    return { surveyId, indexed, verdict, quota, price: quota?.price ?? survey.price, score: this.scores[position] ?? 0 }
  }

  /** Positions, best first. They come nearly in order, which makes the sort fast. */
  private ranked(): number[] {
    if (this.order !== null) return this.order
    const order = Array.from(this.surveyIds.keys())
    for (let position = 1; position < order.length; position++) {
      if (this.compare(position - 1, position) > 0) {
        order.sort((one, other) => this.compare(one, other))
        break
      }
    }
    this.order = order
    return order
  }

  private compare(one: number, other: number): number {
    const difference = (this.scores[other] ?? 0) - (this.scores[one] ?? 0)
    return difference !== 0 ? difference : compareRanked(this.rankedAt(one), this.rankedAt(other))
  }

  private rankedAt(position: number): { score: number; surveyId: string } {
    return { score: this.scores[position] ?? 0, surveyId: this.surveyIds[position] ?? '' }
  }
}
