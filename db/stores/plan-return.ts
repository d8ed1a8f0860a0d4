import type { Knex } from '../connect.js'

/**
 * Puts the plans back into the catalogue after there were no demand partners in the configuration for a while, which had
 * them withdrawn like the stock of any connection that goes. Safe to repeat; the caller stamps.
 * @returns how many came back
 */
export async function bringPlansBack(knex: Knex, now: Date): Promise<number> {
  const { rowCount } = (await knex.raw(
    `update surveys s
        set status = lower(p.status), source_order = s.source_order + 1, changed_at = :now, dirty = true
       from survey_plans p
      where p.survey_id = s.survey_id and p.deleted_at is null and p.status <> 'CLOSED'
        and s.status = 'withdrawn'`,
    { now },
  )) as { rowCount: number }
  return rowCount
}
