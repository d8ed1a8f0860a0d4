import type { OwnOutcomes } from '../domain/ranking.js'
import type { Survey, SurveyStatus } from '../domain/survey.js'

/** One stored survey at one revision. */
export interface CatalogueRow {
  readonly surveyId: string
  readonly connection: string
  readonly provider: string
  readonly providerSurveyId: string
  readonly status: SurveyStatus
  readonly revision: bigint
  /** Null where it is of no use to a match: closed and withdrawn surveys. */
  readonly survey: Survey | null
}

/** Sessions of ours that are under way in a survey, at one of its quotas (null = it has none). */
export interface SessionsInFlight {
  readonly surveyId: string
  readonly quotaId: string | null
  readonly sessions: number
}

export interface SurveyOutcomes extends OwnOutcomes {
  readonly surveyId: string
}

/** How a connection's polling stands. */
export interface ConnectionHealth {
  readonly connection: string
  readonly paused: boolean
  readonly removed: boolean
  /** Attempts that failed since the last good one. */
  readonly failStreak: number
  readonly lastSuccessAt: Date | null
  /** When the provider lets us ask again, where it said so. */
  readonly nextPollAt?: Date | null
}

/** Where the catalogue comes from: PostgreSQL (`postgres-source.ts`), or a test's own rows. */
export interface CatalogueSource {
  /** The next rows in revision order, at most `limit`; fewer means that there are no more now. */
  loadAfter(revision: bigint, limit: number): Promise<CatalogueRow[]>
  /** One survey whatever its status, with its description; null when there is none. */
  loadOne(surveyId: string): Promise<CatalogueRow | null>
  inFlight(): Promise<SessionsInFlight[]>
  outcomes(): Promise<SurveyOutcomes[]>
  connections(): Promise<ConnectionHealth[]>
  /** Calls the listener when there may be something new. @returns how to stop that */
  onWake(listener: () => void): () => void
}
