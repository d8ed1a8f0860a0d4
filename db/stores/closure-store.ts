import type { Closure, Closures } from '../../domain/supply/closures.js'
import type { Knex } from '../connect.js'

/** The current closures of a connection. */
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

/** Stores a closure; the longer of two closures stays. */
export async function upsertClosure(trx: Knex, connection: string, closure: Closure, now: Date): Promise<void> {
  const { providerSurveyId, quotaId, reason, until } = closure
  await trx.raw(
    `insert into supply_closures as c (connection, provider_survey_id, provider_quota_id, reason, closed_at, until)
     values (:connection, :providerSurveyId, :quotaId, :reason, :now, :until)
     on conflict (connection, provider_survey_id, provider_quota_id) do update set
       reason = excluded.reason, closed_at = excluded.closed_at, until = greatest(c.until, excluded.until)`,
    { connection, providerSurveyId, quotaId: quotaId ?? '', reason: reason.slice(0, 300), now, until },
  )
}

/** Deletes the ended closures of a connection. */
export async function deleteEndedClosures(trx: Knex, connection: string, now: Date): Promise<void> {
  await trx('supply_closures').where({ connection }).where('until', '<', now).delete()
}

/** @returns false when the quota was not closed */
export async function deleteQuotaClosure(
  trx: Knex,
  connection: string,
  { providerSurveyId, quotaId }: { readonly providerSurveyId: string; readonly quotaId: string },
): Promise<boolean> {
  const closed = await trx('supply_closures')
    .where({ connection, provider_survey_id: providerSurveyId, provider_quota_id: quotaId })
    .delete()
  return closed > 0
}
