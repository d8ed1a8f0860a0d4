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
  /** Null for closed and withdrawn surveys, which matches do not use. */
  readonly survey: Survey | null
}

/** Our sessions in flight in a survey, at one of its quotas (null = it has none). */
export interface SessionsInFlight {
  readonly surveyId: string
  readonly quotaId: string | null
  readonly sessions: number
}

export interface SurveyOutcomes extends OwnOutcomes {
  readonly surveyId: string
}

/** The state of a connection's polling. */
export interface ConnectionHealth {
  readonly connection: string
  readonly paused: boolean
  readonly removed: boolean
  /** Attempts that failed since the last good one. */
  readonly failStreak: number
  readonly lastSuccessAt: Date | null
  /** The earliest next poll, where the provider set one. */
  readonly nextPollAt?: Date | null
}

/** The source of the catalogue: PostgreSQL (`postgres-source.ts`), or rows of a test. */
export interface CatalogueSource {
  /** The next rows in revision order, at most `limit`; fewer = no more rows now. */
  loadAfter(revision: bigint, limit: number): Promise<CatalogueRow[]>
  /** One survey of any status, with its description; null = not found. */
  loadOne(surveyId: string): Promise<CatalogueRow | null>
  inFlight(): Promise<SessionsInFlight[]>
  outcomes(): Promise<SurveyOutcomes[]>
  connections(): Promise<ConnectionHealth[]>
  /** Calls the listener when there may be new rows. @returns a function that unsubscribes */
  onWake(listener: () => void): () => void
}
