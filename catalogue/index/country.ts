import { compareRanked } from '../../domain/ranking.js'
import type { IndexedSurvey } from '../entry.js'
import { CountryIndex, type MatchQuery, type Score } from './country-index.js'
import type { Matches } from './matches.js'
import { sameConditions } from './same-conditions.js'

/** Surveys to add between two pauses of a gradual build: a few milliseconds of work. */
const SLICE = 200

/** The surveys of one country. `get` and `all` are always up to date, also while the index is rebuilt. */
export class Country {
  private readonly surveys = new Map<string, IndexedSurvey>()
  private slots = new Map<string, number>()
  /** Null = the next match builds it. */
  private index: CountryIndex | null = null
  /** Survey ids that changed during a build; null = no build is running. */
  private changed: Set<string> | null = null

  constructor(private readonly score: Score) {}

  get(surveyId: string): IndexedSurvey | undefined {
    return this.surveys.get(surveyId)
  }

  all(): IndexedSurvey[] {
    return [...this.surveys.values()]
  }

  put(survey: IndexedSurvey): void {
    const { surveyId } = survey.entry
    const before = this.surveys.get(surveyId)
    this.surveys.set(surveyId, survey)
    this.changed?.add(surveyId)
    if (this.index === null) return
    const slot = this.slots.get(surveyId)
    if (slot !== undefined && before !== undefined && sameConditions(before.entry, survey.entry)) {
      this.index.refresh(slot, survey)
      return
    }
    if (slot !== undefined) this.index.remove(slot)
    if (this.index.room > 0) this.slots.set(surveyId, this.index.add(survey))
    else this.index = null
  }

  remove(surveyId: string): void {
    const slot = this.slots.get(surveyId)
    if (slot !== undefined) this.index?.remove(slot)
    this.slots.delete(surveyId)
    this.surveys.delete(surveyId)
    this.changed?.add(surveyId)
  }

  match(query: MatchQuery): Matches {
    return this.settle().match(query)
  }

  /** Whether a survey names an attribute, such as `kantar:income`. */
  asks(attribute: string): boolean {
    return this.settle().asks(attribute)
  }

  /** Builds the index unless there is one. */
  settle(): CountryIndex {
    if (this.index !== null) return this.index
    const ranked = this.bestFirst()
    const index = new CountryIndex(ranked, this.score)
    this.slots = new Map(ranked.map((survey) => [survey.entry.surveyId, index.add(survey)]))
    index.seal()
    this.index = index
    return index
  }

  /** True when there is no index, or half of its spare slots are used. */
  get needsRenewal(): boolean {
    return this.changed === null && (this.index === null || this.index.room * 2 < this.index.spare)
  }

  /**
   * Builds a new index in slices while the old one answers, then applies what changed meanwhile and replaces the old
   * one.
   * @param pause yields the thread
   */
  async renew(pause: () => Promise<void>): Promise<void> {
    const changed = new Set<string>()
    this.changed = changed
    try {
      const ranked = this.bestFirst()
      await pause()
      const index = new CountryIndex(ranked, this.score)
      const slots = new Map<string, number>()
      for (const [position, survey] of ranked.entries()) {
        if (position % SLICE === 0) await pause()
        slots.set(survey.entry.surveyId, index.add(survey))
      }
      await pause()
      index.seal()
      for (const surveyId of changed) this.bringUpToDate(index, slots, surveyId)
      this.index = index
      this.slots = slots
    } finally {
      this.changed = null
    }
  }

  private bringUpToDate(index: CountryIndex, slots: Map<string, number>, surveyId: string): void {
    const slot = slots.get(surveyId)
    if (slot !== undefined) index.remove(slot)
    slots.delete(surveyId)
    const survey = this.surveys.get(surveyId)
    if (survey === undefined) return
    if (index.room === 0) throw new RangeError('more surveys changed during the build than the index has spare slots')
    slots.set(surveyId, index.add(survey))
  }

  private bestFirst(): IndexedSurvey[] {
    return [...this.surveys.values()]
      .map((survey) => ({ survey, surveyId: survey.entry.surveyId, score: this.bestScore(survey) }))
      .sort(compareRanked)
      .map(({ survey }) => survey)
  }

  /** The highest score of a survey at any of its quotas. */
  private bestScore(survey: IndexedSurvey): number {
    const { price, quotas } = survey.entry.survey
    const prices = [price, ...quotas.flatMap((quota) => (quota.price === undefined ? [] : [quota.price]))]
    return Math.max(...prices.map((each) => this.score(survey, each, 'yes')))
  }
}
