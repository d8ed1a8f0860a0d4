import type { Knex } from '../connect.js'
import { rows } from '../raw.js'

/** A members-only quota whose members must be read, and the reading's progress. */
export interface DueReading {
  readonly providerSurveyId: string
  readonly quotaId: string
  /** The last stored code; null = from the beginning. */
  readonly lastCode: string | null
  readonly generation: number
}

/** The members-only quotas of a connection that were never completely read, or not since `staleBefore`. */
export async function dueReadings(knex: Knex, connection: string, staleBefore: Date): Promise<DueReading[]> {
  return rows<DueReading>(
    knex,
    `select s.provider_survey_id as "providerSurveyId", q ->> 'quotaId' as "quotaId",
            case when r.finished_at is null then r.last_code end as "lastCode",
            case when r.generation is null then 1 when r.finished_at is null then r.generation
                 else r.generation + 1 end as generation
       from surveys s cross join lateral jsonb_array_elements(s.survey -> 'quotas') q
       left join member_readings r on r.connection = s.connection and r.provider_survey_id = s.provider_survey_id
            and r.provider_quota_id = q ->> 'quotaId'
      where s.connection = :connection and s.status = 'open' and (s.survey ->> 'membersOnly')::boolean
        and (r.finished_at is null or r.finished_at < :staleBefore)
      order by r.updated_at nulls first, s.provider_survey_id, q ->> 'quotaId'`,
    { connection, staleBefore },
  )
}
