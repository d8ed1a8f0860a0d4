import type { OwnOutcomes } from '../domain/ranking.js'
import type { Survey, SurveyStatus } from '../domain/survey.js'
import { type InFlight, NOTHING_IN_FLIGHT } from '../domain/targeting/remaining.js'

/** One row of the catalogue as the index holds it. */
export interface CatalogueEntry {
  readonly surveyId: string
  readonly connection: string
  readonly provider: string
  readonly providerSurveyId: string
  /** The status of the row, which may be worse than the provider's own. */
  readonly status: SurveyStatus
  readonly survey: Survey
}

/** What we know of a survey from our own sessions; affects its rank and its remaining completes. */
export interface OwnFigures {
  readonly inFlight: InFlight
  /** Outcomes of the sessions that ended; null = none did. */
  readonly outcomes: OwnOutcomes | null
}

export const NO_FIGURES: OwnFigures = { inFlight: NOTHING_IN_FLIGHT, outcomes: null }

/** A survey in the index, with our own figures. */
export interface IndexedSurvey {
  readonly entry: CatalogueEntry
  readonly figures: OwnFigures
  /** How many of a hundred sessions complete: our figure, shrunk toward the provider's. */
  readonly conversionPercent: number
}

/** A key that is unique across connections, because equal group ids at two providers are two groups. */
export function groupKey(connection: string, groupId: string): string {
  return `${connection}\n${groupId}`
}
