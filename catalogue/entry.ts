import type { OwnOutcomes } from '../domain/ranking.js'
import type { Survey, SurveyStatus } from '../domain/survey.js'
import { type InFlight, NOTHING_IN_FLIGHT } from '../domain/targeting/remaining.js'

/** One row of the catalogue as the index holds it. */
export interface CatalogueEntry {
  readonly surveyId: string
  readonly connection: string
  readonly provider: string
  readonly providerSurveyId: string
  /** What the row says, which may be worse than the provider's own word. */
  readonly status: SurveyStatus
  readonly survey: Survey
}

/** What we know of a survey from our own sessions; it weighs on its place and on what is left of its caps. */
export interface OwnFigures {
  readonly inFlight: InFlight
  /** What became of those that ended; null = none did. */
  readonly outcomes: OwnOutcomes | null
}

export const NO_FIGURES: OwnFigures = { inFlight: NOTHING_IN_FLIGHT, outcomes: null }

/** A survey in the index, with what we know of it ourselves. */
export interface IndexedSurvey {
  readonly entry: CatalogueEntry
  readonly figures: OwnFigures
  /** How many of a hundred sessions complete, ours shrunk toward the provider's figure. */
  readonly conversionPercent: number
}

/** Names a group across connections: equal group ids at two providers are two groups. */
export function groupKey(connection: string, groupId: string): string {
  return `${connection}\n${groupId}`
}
