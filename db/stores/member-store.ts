import type { Knex } from '../connect.js'

/** A members-only quota whose people are to be read, and how far that got. */
export interface DueReading {
  readonly providerSurveyId: string
  readonly quotaId: string
  /** The last code that is stored; null = from the beginning. */
  readonly lastCode: string | null
  readonly generation: number
}

const ROWS = 5_000

/** The members-only quotas of a connection that were never read to their end, or not since `staleBefore`. */
export async function dueReadings(knex: Knex, connection: string, staleBefore: Date): Promise<DueReading[]> {
  const { rows } = (await knex.raw(
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
  )) as { rows: DueReading[] }
  return rows
}

/**
 * Stores one page of members and how far the reading got, in one transaction: a crash between two pages goes on where
 * the last one ended.
 * @returns how many of them this reading had not met before
 */
export async function storeMembers(
  knex: Knex,
  connection: string,
  reading: DueReading,
  members: readonly string[],
  now: Date,
): Promise<number> {
  const { providerSurveyId, quotaId, generation } = reading
  // PostgreSQL's text holds no NUL: nobody has such a code
  const codes = [...new Set(members)].filter((code) => !code.includes('\0'))
  return knex.transaction(async (trx) => {
    let met = 0
    for (let at = 0; at < codes.length; at += ROWS) {
      const { rowCount } = (await trx.raw(
        `insert into survey_members as m (connection, provider_survey_id, provider_quota_id, member_code, generation)
         select :connection, :providerSurveyId, :quotaId, code, :generation from unnest(:codes::text[]) as c(code)
         on conflict (connection, provider_survey_id, provider_quota_id, member_code) do update
           set generation = excluded.generation where m.generation < excluded.generation`,
        { connection, providerSurveyId, quotaId, generation, codes: codes.slice(at, at + ROWS) },
      )) as { rowCount: number }
      met += rowCount
    }
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
        lastCode: members.at(-1)?.includes('\0') ? null : (members.at(-1) ?? null),
        met,
        now,
      },
    )
    return met
  })
}

/** The reading met its end: whoever it did not meet is no longer among the members. */
export async function finishReading(knex: Knex, connection: string, reading: DueReading, now: Date): Promise<void> {
  const key = {
    connection,
    provider_survey_id: reading.providerSurveyId,
    provider_quota_id: reading.quotaId,
  }
  await knex.transaction(async (trx) => {
    await trx('survey_members').where(key).where('generation', '<', reading.generation).delete()
    await trx('member_readings').where(key).update({ finished_at: now, updated_at: now })
  })
}
