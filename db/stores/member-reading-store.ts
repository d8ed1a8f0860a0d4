import type { Knex } from '../connect.js'
import type { DueReading } from '../read-models/due-readings.js'

/**
 * Stores the progress of a reading.
 * @param lastCode null = keep the code of the previous page
 * @param met the number of new members on this page
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

/** Stores that a reading is complete. */
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
