import type { PlanStatus } from '../../domain/plan/survey-plan.js'
import type { Knex } from '../connect.js'
import { rows } from '../raw.js'

/** The status of a launched survey's plan, and the time of its last payable complete. Deleted = closed. */
export async function fieldingOf(
  knex: Knex,
  planId: string,
): Promise<{ readonly status: PlanStatus; readonly lastCompleteAt: Date | null }> {
  const [row] = await rows<{ status: PlanStatus; lastCompleteAt: Date | null }>(
    knex,
    `select case when p.deleted_at is null then p.status else 'CLOSED' end as status,
            (select max(s.completed_at) from plan_sessions ps join sessions s using (session_id)
              where ps.plan_id = p.plan_id and ps.slot = 'filled') as "lastCompleteAt"
       from survey_plans p where p.plan_id = ?`,
    [planId],
  )
  if (row === undefined) throw new Error(`plan ${planId} not found`)
  return row
}
