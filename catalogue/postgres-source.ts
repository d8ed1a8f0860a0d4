import type { Knex } from '../db/connect.js'
import { listenForWakes } from '../db/listen.js'
import { CATALOGUE_CHANNEL } from '../db/stores/stamper.js'
import { type SurveyJson, surveyFromJson } from '../db/stores/survey-json.js'
import type { SurveyStatus } from '../domain/survey.js'
import type { CatalogueRow, CatalogueSource, SessionsInFlight, SurveyOutcomes } from './source.js'

interface StoredRow {
  readonly surveyId: string
  readonly connection: string
  readonly provider: string
  readonly providerSurveyId: string
  readonly status: SurveyStatus
  readonly revision: string | null
  readonly survey: SurveyJson | null
}

const COLUMNS = {
  surveyId: 'survey_id',
  connection: 'connection',
  provider: 'provider',
  providerSurveyId: 'provider_survey_id',
  status: 'status',
  revision: 'revision',
} as const

/** Counts outcomes of this many days; older ones say little about the current conversion. */
const OUTCOMES_OF_DAYS = 30

/** A source that reads the tables `surveys`, `sessions` and `connections`. */
export interface PostgresSource extends CatalogueSource {
  /** Closes the listening connection; the caller closes the pools. */
  close(): Promise<void>
}

/**
 * Reads stamped rows only (docs/matching.md, Freshness), so that following `revision > last` misses nothing.
 * @param knex the pool for requests
 * @param following the pool for the initial load and the changes, because some of these reads take longer than a
 *   request may [knex]
 * @param url of the same database: LISTEN needs its own connection
 */
export function createPostgresSource({
  knex,
  following = knex,
  url,
}: {
  knex: Knex
  following?: Knex
  url: string
}): PostgresSource {
  const listeners = new Set<() => void>()
  const wakes = listenForWakes(url, CATALOGUE_CHANNEL, () => {
    for (const listener of listeners) listener()
  })
  return {
    async loadAfter(revision, limit) {
      const rows: StoredRow[] = await following('surveys')
        .select({
          ...COLUMNS,
          // the index drops closed and withdrawn surveys, so do not read their description
          survey: following.raw(`case when status in ('closed', 'withdrawn') then null else survey end`),
        })
        .where('revision', '>', revision.toString())
        .orderBy('revision')
        .limit(limit)
      return rows.map(rowOf)
    },
    async loadOne(surveyId) {
      const row: StoredRow | undefined = await knex('surveys')
        .select({ ...COLUMNS, survey: 'survey' })
        .where({ survey_id: surveyId })
        .first()
      return row === undefined ? null : rowOf(row)
    },
    async inFlight() {
      const { rows } = (await following.raw(
        `select survey_id as "surveyId", provider_quota_id as "quotaId", count(*)::int as sessions
           from sessions where state <> 'finished' group by survey_id, provider_quota_id`,
      )) as { rows: SessionsInFlight[] }
      return rows
    },
    async outcomes() {
      // a session without an entry says nothing about the survey
      const { rows } = (await following.raw(
        `select survey_id as "surveyId", count(*)::int as sessions,
                count(*) filter (where outcome = 'COMPLETED')::int as completes
           from sessions
          where state = 'finished' and entered_at is not null and finished_at > now() - make_interval(days => ?)
          group by survey_id`,
        [OUTCOMES_OF_DAYS],
      )) as { rows: SurveyOutcomes[] }
      return rows
    },
    async connections() {
      const rows: {
        connection: string
        state: string
        paused: boolean
        failStreak: number
        lastSuccessAt: Date
        nextPollAt: Date | null
      }[] = await following('connections').select({
        connection: 'connection',
        state: 'state',
        paused: 'paused',
        failStreak: 'fail_streak',
        lastSuccessAt: 'last_success_at',
        nextPollAt: 'next_poll_at',
      })
      return rows.map(({ state, ...row }) => ({ ...row, removed: state === 'removed' }))
    },
    onWake(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => wakes.close(),
  }
}

function rowOf({ revision, survey, ...row }: StoredRow): CatalogueRow {
  return { ...row, revision: BigInt(revision ?? 0), survey: survey === null ? null : surveyFromJson(survey) }
}
