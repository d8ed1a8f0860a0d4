import type { PlanPolicy, SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { Knex } from '../connect.js'
import { inColumns, rows } from '../raw.js'
import { PLAN_COLUMNS, type PlanRow } from '../rows/plan-row.js'

/** The columns of a new plan. */
export type NewPlan = Pick<PlanRow, 'planId' | 'demandPartner' | 'surveyId' | 'plan'>

/** Stores a new plan. */
export async function insertPlanRow(
  trx: Knex,
  { planId, demandPartner, surveyId, plan }: NewPlan,
  now: Date,
): Promise<void> {
  await trx('survey_plans').insert({
    plan_id: planId,
    demand_partner: demandPartner,
    survey_id: surveyId,
    plan: JSON.stringify(plan),
    target_completes: plan.targetCompletes,
    created_at: now,
    updated_at: now,
  })
}

/** Takes a plan's row lock. @returns false = plan not found */
export async function lockPlanRow(trx: Knex, planId: string): Promise<boolean> {
  // "no key", so that inserting a session, which refers to the plan's row, does not wait for this lock
  const found = await rows(trx, 'select 1 from survey_plans where plan_id = ? for no key update', [planId])
  return found.length > 0
}

/** The changes of a plan other than its content and its policy. */
export type PlanChanges = Partial<
  Pick<
    PlanRow,
    | 'status'
    | 'statusReason'
    | 'softLaunchReachedAt'
    | 'fullyLaunchedAt'
    | 'workflowStartedAt'
    | 'updatedAt'
    | 'deletedAt'
  >
>

/** Updates a plan; absent fields do not change. */
export async function updatePlan(trx: Knex, planId: string, changes: PlanChanges): Promise<void> {
  await trx('survey_plans').where({ plan_id: planId }).update(inColumns(PLAN_COLUMNS, changes))
}

/** Replaces the content of a plan, and its target. */
export async function updatePlanContent(trx: Knex, planId: string, plan: SurveyPlan, now: Date): Promise<void> {
  await trx('survey_plans')
    .where({ plan_id: planId })
    .update({ plan: JSON.stringify(plan), target_completes: plan.targetCompletes, updated_at: now })
}

/** Closes a plan whose completes have reached its target. */
export async function closeFilledPlan(trx: Knex, planId: string): Promise<void> {
  await trx('survey_plans')
    .where({ plan_id: planId })
    .whereNot({ status: 'CLOSED' })
    .whereRaw('completes >= target_completes')
    .update({ status: 'CLOSED', status_reason: 'filled' })
}

/** Stores a plan's policy without its allocations, which are in `plan_panels`. */
export async function updatePlanPolicy(trx: Knex, planId: string, policy: PlanPolicy, now: Date): Promise<void> {
  await trx('survey_plans')
    .where({ plan_id: planId })
    .update({
      overage: policy.overage,
      accept_unsigned: policy.acceptUnsigned,
      flexibility_percent: policy.flexibilityPercent,
      soft_launch: policy.softLaunch === null ? null : JSON.stringify(policy.softLaunch),
      // another number of completes is another soft launch: clear the times of the previous one
      soft_launch_reached_at: unlessAnother(trx, 'soft_launch_reached_at', policy),
      fully_launched_at: unlessAnother(trx, 'fully_launched_at', policy),
      updated_at: now,
    })
}

/** SQL: keeps the column while the soft launch's number of completes is unchanged; else null. */
function unlessAnother(trx: Knex, column: string, { softLaunch }: PlanPolicy): Knex.Raw {
  return trx.raw("case when (soft_launch ->> 'completes')::int is not distinct from ?::int then ?? end", [
    softLaunch?.completes ?? null,
    column,
  ])
}

/**
 * Clears `workflow_started_at` of open plans whose finish date has passed, because they have lost their workflow
 * (terminated by hand, a deleted namespace), so that the janitor starts it again.
 * @param olderThan only plans that finished before this time
 * @returns how many
 */
export async function giveUpLostDrivers(trx: Knex, olderThan: Date): Promise<number> {
  return trx('survey_plans')
    .whereNotNull('workflow_started_at')
    .whereRaw("survey_id in (select survey_id from surveys where status = 'open' and finish_at < ?)", [olderThan])
    .update({ workflow_started_at: null })
}
