import { allocationUrgency, conversionEstimate, expectedPerMinute, rankScore } from '../../domain/ranking.js'
import { type CatalogueEntry, type IndexedSurvey, NO_FIGURES, type OwnFigures } from '../entry.js'
import { Country } from './country.js'
import type { MatchQuery, Score } from './country-index.js'
import { Matches } from './matches.js'

/** Score by expected earnings per minute and urgency, maybes after certain matches (`domain/ranking.ts`). */
export const scoreByEarnings: Score = ({ entry, conversionPercent }, price, verdict) =>
  rankScore(
    verdict,
    expectedPerMinute(price, conversionPercent, entry.survey.loiMinutes) * allocationUrgency(entry.survey),
  )

/**
 * The catalogue in memory: finds the surveys for a panelist, best first. Must agree with `decide` on every survey and
 * panelist, after every sequence of changes.
 */
export class MatchingIndex {
  private readonly countries = new Map<string, Country>()
  private readonly countryOf = new Map<string, Country>()

  constructor(private readonly score: Score = scoreByEarnings) {}

  /** The number of surveys in the index, open or not. */
  get size(): number {
    return this.countryOf.size
  }

  get(surveyId: string): IndexedSurvey | undefined {
    return this.countryOf.get(surveyId)?.get(surveyId)
  }

  /**
   * Adds a survey, or replaces it with its newest version.
   * @param figures our own figures; absent = keep the earlier ones
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

  /** Sets our own figures of a survey: sessions in flight count against its caps, outcomes change its rank. */
  setFigures(surveyId: string, figures: OwnFigures): void {
    const held = this.get(surveyId)
    if (held !== undefined) this.put(held.entry, figures)
  }

  remove(surveyId: string): void {
    this.countryOf.get(surveyId)?.remove(surveyId)
    this.countryOf.delete(surveyId)
  }

  /** All matching surveys, best first; ties by survey id. */
  match(query: MatchQuery): Matches {
    return this.countries.get(query.country)?.match(query) ?? new Matches()
  }

  /** Whether a survey of a country names an attribute, such as `kantar:income`. */
  asks(country: string, attribute: string): boolean {
    return this.countries.get(country)?.asks(attribute) ?? false
  }

  /** Every survey of a country in the index, open or not. */
  surveysOf(country: string): IndexedSurvey[] {
    return this.countries.get(country)?.all() ?? []
  }

  /** Builds now what the next match would build. */
  settle(): void {
    for (const country of this.countries.values()) country.settle()
  }

  /**
   * Rebuilds, in slices, the indexes that are missing or have few spare slots. Matches and changes continue meanwhile.
   * @param pause yields the thread
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
