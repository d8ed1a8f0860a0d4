import type { Grouping, Survey } from './survey.js'

/** A survey which a panelist completed, or is in. */
export interface TakenSurvey {
  readonly connection: string
  readonly providerSurveyId: string
  /** When it was completed; for one under way, now. */
  readonly at: Date
  readonly grouping: Grouping | null
}

const DAY_MS = 86_400_000

/**
 * Finds a survey of the same group that the panelist took within `exclusionDays` (PureSpectrum Supply API,
 * survey_grouping). It is enough that one of the two surveys names the other.
 * @returns the survey that was taken; null = not excluded
 */
export function excludedByGroup(
  connection: string,
  providerSurveyId: string,
  survey: Pick<Survey, 'grouping'>,
  taken: readonly TakenSurvey[],
  now: Date,
): string | null {
  for (const one of taken) {
    if (one.connection !== connection) continue
    const days = Math.max(daysIn(survey.grouping ?? null, one.providerSurveyId), daysIn(one.grouping, providerSurveyId))
    if (days > 0 && now.getTime() - one.at.getTime() < days * DAY_MS) return one.providerSurveyId
  }
  return null
}

function daysIn(grouping: Grouping | null, providerSurveyId: string): number {
  return grouping?.surveyIds.includes(providerSurveyId) === true ? grouping.exclusionDays : 0
}
