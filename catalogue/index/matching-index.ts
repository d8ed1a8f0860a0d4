import { allocationUrgency, conversionEstimate, expectedPerMinute, rankScore } from '../../domain/ranking.js'
import { type CatalogueEntry, type IndexedSurvey, NO_FIGURES, type OwnFigures } from '../entry.js'
import { Country } from './country.js'
import type { MatchQuery, Score } from './country-index.js'
import { Matches } from './matches.js'

/** Expected earnings per minute and how urgent they are, maybes after certain matches (`domain/ranking.ts`). */
export const scoreByEarnings: Score = ({ entry, conversionPercent }, price, verdict) =>
  rankScore(
    verdict,
    expectedPerMinute(price, conversionPercent, entry.survey.loiMinutes) * allocationUrgency(entry.survey),
  )

/**
 * The catalogue in memory: who may be offered what, best first. It must agree with `decide` on every survey and
 * panelist, after every sequence of changes.
 */
export class MatchingIndex {
  private readonly countries = new Map<string, Country>()
  private readonly countryOf = new Map<string, Country>()

  constructor(private readonly score: Score = scoreByEarnings) {}

  /** How many surveys it holds, open or not. */
  get size(): number {
    return this.countryOf.size
  }

  get(surveyId: string): IndexedSurvey | undefined {
    return this.countryOf.get(surveyId)?.get(surveyId)
  }

  /**
   * Takes a survey in, or its newest version.
   * @param figures what we know of it ourselves; what was known before when absent
   */
  put(entry: CatalogueEntry, figures?: OwnFigures): void {
    const { surveyId, survey } = entry
    const before = this.countryOf.get(surveyId)
    const known = figures ?? before?.get(surveyId)?.figures ?? NO_FIGURES
    const country = this.country(survey.country)
    if (before !== country) before?.remove(surveyId)
    this.countryOf.set(surveyId, country)
    country.put(indexed(entry, known))
  }

  /** Our own sessions in a survey: in flight they count against its caps, their outcomes move its place. */
  setFigures(surveyId: string, figures: OwnFigures): void {
    const held = this.get(surveyId)
    if (held !== undefined) this.put(held.entry, figures)
  }

  remove(surveyId: string): void {
    this.countryOf.get(surveyId)?.remove(surveyId)
    this.countryOf.delete(surveyId)
  }

  /** Everything that suits, best first; ties by survey id. */
  match(query: MatchQuery): Matches {
    return this.countries.get(query.country)?.match(query) ?? new Matches()
  }

  /** Whether a survey of a country names an attribute, such as `kantar:income`. */
  asks(country: string, attribute: string): boolean {
    return this.countries.get(country)?.asks(attribute) ?? false
  }

  /** Every survey of a country that it holds, open or not. */
  surveysOf(country: string): IndexedSurvey[] {
    return this.countries.get(country)?.all() ?? []
  }

  /** Builds at once what would be built at the next match. */
  settle(): void {
    for (const country of this.countries.values()) country.settle()
  }

  /**
   * Builds anew what is not built or has little room left, a slice at a time: matches and changes go on meanwhile.
   * @param pause lets others have the thread
   */
  async renew(pause: () => Promise<void>): Promise<void> {
    for (const country of this.countries.values()) if (country.needsRenewal) await country.renew(pause)
  }

  private country(name: string): Country {
    let country = this.countries.get(name)
    if (country === undefined) {
      country = new Country(this.score)
      this.countries.set(name, country)
    }
    return country
  }
}

function indexed(entry: CatalogueEntry, figures: OwnFigures): IndexedSurvey {
  return { entry, figures, conversionPercent: conversionEstimate(entry.survey, figures.outcomes) }
}
