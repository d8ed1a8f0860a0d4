import { compareRanked, conversionEstimate, expectedPerMinute, rankScore } from '../../domain/ranking.js'
import { type CatalogueEntry, type IndexedSurvey, NO_FIGURES, type OwnFigures } from '../entry.js'
import { CountryIndex, type MatchQuery, type Score } from './country-index.js'
import { Matches } from './matches.js'
import { sameConditions } from './same-conditions.js'

/** One country: what it holds is true at once, its index may have to be built anew first. */
interface Country {
  readonly surveys: Map<string, IndexedSurvey>
  slots: Map<string, number>
  /** Null = to be built before the next match. */
  index: CountryIndex | null
}

/** Expected earnings per minute, maybes after certain matches (`domain/ranking.ts`). */
export const scoreByEarnings: Score = ({ entry, conversionPercent }, price, verdict) =>
  rankScore(verdict, expectedPerMinute(price, conversionPercent, entry.survey.loiMinutes))

/**
 * The catalogue in memory: who may be offered what, best first. It must agree with `evaluateSurvey` on every survey
 * and panelist, after every sequence of changes.
 */
export class MatchingIndex {
  private readonly countries = new Map<string, Country>()
  private readonly countryOf = new Map<string, string>()

  constructor(private readonly score: Score = scoreByEarnings) {}

  /** How many surveys it holds, open or not. */
  get size(): number {
    return this.countryOf.size
  }

  get(surveyId: string): IndexedSurvey | undefined {
    const country = this.countryOf.get(surveyId)
    return country === undefined ? undefined : this.countries.get(country)?.surveys.get(surveyId)
  }

  /**
   * Takes a survey in, or its newest version.
   * @param figures what we know of it ourselves; what was known before when absent
   */
  put(entry: CatalogueEntry, figures?: OwnFigures): void {
    const before = this.get(entry.surveyId)
    this.store(before, indexed(entry, figures ?? before?.figures ?? NO_FIGURES))
  }

  /** Our own sessions in a survey: in flight they count against its caps, their outcomes move its place. */
  setFigures(surveyId: string, figures: OwnFigures): void {
    const before = this.get(surveyId)
    if (before !== undefined) this.store(before, indexed(before.entry, figures))
  }

  remove(surveyId: string): void {
    const name = this.countryOf.get(surveyId)
    const country = name === undefined ? undefined : this.countries.get(name)
    if (country === undefined) return
    const slot = country.slots.get(surveyId)
    if (slot !== undefined) country.index?.remove(slot)
    country.slots.delete(surveyId)
    country.surveys.delete(surveyId)
    this.countryOf.delete(surveyId)
  }

  /** Builds what has to be built now rather than at the next match: after a load, after many changes. */
  settle(): void {
    for (const country of this.countries.values()) this.built(country)
  }

  /** Everything that suits, best first; ties by survey id. */
  match(query: MatchQuery): Matches {
    const country = this.countries.get(query.country)
    return country === undefined ? new Matches() : this.built(country).match(query)
  }

  private store(before: IndexedSurvey | undefined, survey: IndexedSurvey): void {
    const { surveyId, survey: described } = survey.entry
    if (before !== undefined && before.entry.survey.country !== described.country) this.remove(surveyId)
    const country = this.country(described.country)
    country.surveys.set(surveyId, survey)
    this.countryOf.set(surveyId, described.country)
    if (country.index === null) return
    const slot = country.slots.get(surveyId)
    if (slot !== undefined && before !== undefined && sameConditions(before.entry, survey.entry)) {
      country.index.refresh(slot, survey)
      return
    }
    if (slot !== undefined) country.index.remove(slot)
    if (country.index.hasRoom) country.slots.set(surveyId, country.index.add(survey))
    else country.index = null
  }

  private country(name: string): Country {
    let country = this.countries.get(name)
    if (country === undefined) {
      country = { surveys: new Map(), slots: new Map(), index: null }
      this.countries.set(name, country)
    }
    return country
  }

  private built(country: Country): CountryIndex {
    if (country.index !== null) return country.index
    const ranked = [...country.surveys.values()]
      .map((survey) => ({ survey, surveyId: survey.entry.surveyId, score: this.bestScore(survey) }))
      .sort(compareRanked)
      .map(({ survey }) => survey)
    country.index = new CountryIndex(ranked, this.score)
    country.slots = new Map(ranked.map((survey, slot) => [survey.entry.surveyId, slot]))
    return country.index
  }

  /** The highest place a survey can have, at whichever of its quotas. */
  private bestScore(survey: IndexedSurvey): number {
    const { price, quotas } = survey.entry.survey
    const prices = [price, ...quotas.flatMap((quota) => (quota.price === undefined ? [] : [quota.price]))]
    return Math.max(...prices.map((each) => this.score(survey, each, 'yes')))
  }
}

function indexed(entry: CatalogueEntry, figures: OwnFigures): IndexedSurvey {
  return { entry, figures, conversionPercent: conversionEstimate(entry.survey, figures.outcomes) }
}
