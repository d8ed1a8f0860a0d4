import type { Outcome } from './outcome.js'
import type { Participation, ParticipationExclusion, Survey } from './survey.js'

/** A panelist's earlier session at the same connection. */
export interface PastSession {
  readonly connection: string
  readonly providerSurveyId: string
  /** The provider's id of the project that the survey was a wave of. */
  readonly projectId: string | null
  readonly quotaId: string | null
  readonly entered: boolean
  /** Null while it is under way. */
  readonly outcome: Outcome | null
}

const ENDED_SO: Readonly<Partial<Record<Outcome, Participation>>> = {
  COMPLETED: 'completed',
  TERMINATED: 'terminated',
  SCREENED_OUT: 'terminated',
  DISQUALIFIED: 'terminated',
  REJECTED: 'terminated',
  QUOTA_FULL: 'quota_full',
}

/**
 * Whether the panelist's earlier sessions allow a quota of a survey: at most one quota per survey and panelist (Toluna
 * External Sample, Sampling Rules), and no participation that the survey excludes (Survey Wave Exclusions).
 * @param past the panelist's earlier sessions at any connection
 */
export function mayTakePart(
  survey: Survey,
  connection: string,
  quotaId: string | null,
  past: readonly PastSession[],
): boolean {
  const here = past.filter((session) => session.connection === connection)
  if (survey.oneQuotaPerPanelist === true) {
    const same = here.filter((session) => session.providerSurveyId === survey.providerSurveyId)
    if (same.some((session) => session.entered || session.quotaId !== quotaId)) return false
  }
  return !(survey.exclusions ?? []).some((exclusion) => here.some((session) => isExcludedBy(session, exclusion)))
}

function isExcludedBy(session: PastSession, exclusion: ParticipationExclusion): boolean {
  if (!session.entered) return false
  const meant =
    exclusion.providerSurveyId === null
      ? session.projectId === exclusion.projectId
      : session.providerSurveyId === exclusion.providerSurveyId
  if (!meant) return false
  const ended = session.outcome === null ? undefined : ENDED_SO[session.outcome]
  return exclusion.participations.some((one) => one === 'started' || one === ended)
}
