import type { Knex } from '../connect.js'
import type { DueReading } from '../read-models/due-readings.js'

/**
 * Writes how far a reading got.
 * @param lastCode null = the place of the page before stays
 * @param met members that this page met first
 */
export async function keepReading(
  trx: Knex,
  connection: string,
  { providerSurveyId, quotaId, generation }: DueReading,
  { lastCode, met, now }: { readonly lastCode: string | null; readonly met: number; readonly now: Date },
): Promise<void> {
  await trx.raw(
    `insert into member_readings as r (connection, provider_survey_id, provider_quota_id, generation, last_code,
       members, updated_at)
     values (:connection, :providerSurveyId, :quotaId, :generation, :lastCode, :met, :now)
     on conflict (connection, provider_survey_id, provider_quota_id) do update set
       generation = excluded.generation, last_code = coalesce(excluded.last_code, r.last_code), finished_at = null,
       members = case when r.generation = excluded.generation then r.members else 0 end + excluded.members,
       updated_at = excluded.updated_at`,
    {
      connection,
      providerSurveyId,
      quotaId,
      generation,
      lastCode,
      met,
      now,
    },
  )
}

/** Writes that a reading met its end. */
export async function endReading(
  trx: Knex,
  connection: string,
  { providerSurveyId, quotaId }: DueReading,
  now: Date,
): Promise<void> {
  await trx('member_readings')
    .where({ connection, provider_survey_id: providerSurveyId, provider_quota_id: quotaId })
    .update({ finished_at: now, updated_at: now })
}
