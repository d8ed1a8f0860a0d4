import { createHash } from 'node:crypto'
import type { Survey } from '../../domain/survey.js'
import type { Knex } from '../connect.js'
import { type SurveyJson, surveyFromJson, surveyToJson } from './survey-json.js'

/** A survey, or one quota of it (null = all), that takes nobody until a moment, whatever the provider's list says. */
export interface Closure {
  readonly providerSurveyId: string
  readonly quotaId: string | null
  readonly reason: string
  readonly until: Date
}

/** Survey id -> its closed quotas; null among them = the survey itself. */
export type Closures = ReadonlyMap<string, ReadonlySet<string | null>>

/** What is closed at a connection now. */
export async function activeClosures(knex: Knex, connection: string, now: Date): Promise<Closures> {
  const rows = await knex('supply_closures')
    .where({ connection })
    .where('until', '>', now)
    .select('provider_survey_id', 'provider_quota_id')
  const closures = new Map<string, Set<string | null>>()
  for (const row of rows) {
    const quotas = closures.get(row.provider_survey_id) ?? new Set()
    closures.set(row.provider_survey_id, quotas.add(row.provider_quota_id || null))
  }
  return closures
}

/** A survey as its provider describes it, less what is closed. */
export function withClosures(survey: Survey, closures: Closures): Survey {
  const closed = closures.get(survey.providerSurveyId)
  if (closed === undefined) return survey
  return {
    ...survey,
    status: closed.has(null) ? 'closed' : survey.status,
    quotas: survey.quotas.map((quota) => (closed.has(quota.quotaId) ? { ...quota, status: 'closed' } : quota)),
  }
}

/** Closes a survey or a quota, in the catalogue too; the longer of two closures stays. */
export async function closeSupply(knex: Knex, connection: string, closure: Closure, now: Date): Promise<void> {
  const { providerSurveyId, quotaId, reason, until } = closure
  await knex.transaction(async (trx) => {
    await trx.raw(
      `insert into supply_closures as c (connection, provider_survey_id, provider_quota_id, reason, closed_at, until)
       values (:connection, :providerSurveyId, :quotaId, :reason, :now, :until)
       on conflict (connection, provider_survey_id, provider_quota_id) do update set
         reason = excluded.reason, closed_at = excluded.closed_at, until = greatest(c.until, excluded.until)`,
      { connection, providerSurveyId, quotaId: quotaId ?? '', reason: reason.slice(0, 300), now, until },
    )
    await rewrite(trx, connection, providerSurveyId, (survey) =>
      withClosures(survey, new Map([[providerSurveyId, new Set([quotaId])]])),
    )
    await trx('supply_closures').where({ connection }).where('until', '<', now).delete()
  })
}

/** Takes the closure of a quota back, and opens it in the catalogue. */
export async function reopenQuota(
  knex: Knex,
  connection: string,
  quota: { providerSurveyId: string; quotaId: string },
): Promise<void> {
  const { providerSurveyId, quotaId } = quota
  await knex.transaction(async (trx) => {
    const closed = await trx('supply_closures')
      .where({ connection, provider_survey_id: providerSurveyId, provider_quota_id: quotaId })
      .delete()
    if (closed === 0) return
    await rewrite(trx, connection, providerSurveyId, (survey) => ({
      ...survey,
      quotas: survey.quotas.map((one) => (one.quotaId === quotaId ? { ...one, status: 'open' } : one)),
    }))
  })
}

/** The moment from which the provider's list is fresher than what was just learned. */
export async function listIsFreshAt(knex: Knex, connection: string, now: Date): Promise<Date> {
  const row = await knex('connections').where({ connection }).first('next_poll_at')
  const next: Date | null = row?.next_poll_at ?? null
  return next !== null && next > now ? next : new Date(now.getTime() + 60_000)
}

async function rewrite(
  trx: Knex,
  connection: string,
  providerSurveyId: string,
  change: (survey: Survey) => Survey,
): Promise<void> {
  const row: { survey_id: string; status: string; survey: SurveyJson } | undefined = await trx('surveys')
    .where({ connection, provider_survey_id: providerSurveyId })
    .forUpdate()
    .first('survey_id', 'status', 'survey')
  if (row === undefined || row.status === 'withdrawn' || row.status === 'unreadable') return
  const survey = change(surveyFromJson(row.survey))
  const json = JSON.stringify(surveyToJson(survey))
  await trx.raw(
    `update surveys set survey = :json::jsonb, status = :status, content_hash = :contentHash,
       changed_at = now(), dirty = true where survey_id = :surveyId and content_hash <> :contentHash`,
    {
      json,
      status: survey.status,
      contentHash: createHash('sha256').update(json).digest('base64'),
      surveyId: row.survey_id,
    },
  )
}
