import type { PlanStatus } from '../../domain/plan/survey-plan.js'
import type { Knex } from '../connect.js'

/** How the plan of a buyer's launched survey stands, and when it had its last payable complete. Deleted = closed. */
export async function fieldingOf(
  knex: Knex,
  planId: string,
): Promise<{ readonly status: PlanStatus; readonly lastCompleteAt: Date | null }> {
  const { rows } = (await knex.raw(
    `select case when p.deleted_at is null then p.status else 'CLOSED' end as status,
            (select max(s.completed_at) from plan_sessions ps join sessions s using (session_id)
              where ps.plan_id = p.plan_id and ps.slot = 'filled') as last_complete_at
       from survey_plans p where p.plan_id = ?`,
    [planId],
  )) as { rows: { status: PlanStatus; last_complete_at: Date | null }[] }
  const [row] = rows
  if (row === undefined) throw new Error(`plan ${planId} is not there`)
  return { status: row.status, lastCompleteAt: row.last_complete_at }
}
