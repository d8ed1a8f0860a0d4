import type { Survey } from '../survey.js'

/**
 * A survey, or one quota of it (null = all), that stays closed until a time, even if the provider's list has it open.
 */
export interface Closure {
  readonly providerSurveyId: string
  readonly quotaId: string | null
  readonly reason: string
  readonly until: Date
}

/** Survey id -> its closed quotas; null among them = the survey itself. */
export type Closures = ReadonlyMap<string, ReadonlySet<string | null>>

/** Applies closures to a survey of the provider. */
export function withClosures(survey: Survey, closures: Closures): Survey {
  const closed = closures.get(survey.providerSurveyId)
  if (closed === undefined) return survey
  return {
    ...survey,
    status: closed.has(null) ? 'closed' : survey.status,
    quotas: survey.quotas.map((quota) => (closed.has(quota.quotaId) ? { ...quota, status: 'closed' } : quota)),
  }
}
