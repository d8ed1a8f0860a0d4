import type { PlanPolicy, SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { Knex } from '../connect.js'
import { inColumns, rows } from '../raw.js'
import { PLAN_COLUMNS, type PlanRow } from '../rows/plan-row.js'

/** What is known of a plan when it is stored. */
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

/** Takes a plan's row lock. @returns whether there is such a plan */
export async function lockPlanRow(trx: Knex, planId: string): Promise<boolean> {
  // "no key": a new session of the plan refers to its row, and need not wait for those who are counting
  const found = await rows(trx, 'select 1 from survey_plans where plan_id = ? for no key update', [planId])
  return found.length > 0
}

/** What an act changes of a plan beside its content and its policy. */
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

/** Writes what an act changes of a plan; what is absent stays. */
export async function updatePlan(trx: Knex, planId: string, changes: PlanChanges): Promise<void> {
  await trx('survey_plans').where({ plan_id: planId }).update(inColumns(PLAN_COLUMNS, changes))
}

/** Writes another version of a plan, and its target with it. */
export async function updatePlanContent(trx: Knex, planId: string, plan: SurveyPlan, now: Date): Promise<void> {
  await trx('survey_plans')
    .where({ plan_id: planId })
    .update({ plan: JSON.stringify(plan), target_completes: plan.targetCompletes, updated_at: now })
}

/** Closes a plan whose completes are at its target. */
export async function closeFilledPlan(trx: Knex, planId: string): Promise<void> {
  await trx('survey_plans')
    .where({ plan_id: planId })
    .whereNot({ status: 'CLOSED' })
    .whereRaw('completes >= target_completes')
    .update({ status: 'CLOSED', status_reason: 'filled' })
}

/** Writes a plan's policy but for its allocations, which are of its panels. */
export async function updatePlanPolicy(trx: Knex, planId: string, policy: PlanPolicy, now: Date): Promise<void> {
  await trx('survey_plans')
    .where({ plan_id: planId })
    .update({
      overage: policy.overage,
      accept_unsigned: policy.acceptUnsigned,
      flexibility_percent: policy.flexibilityPercent,
      soft_launch: policy.softLaunch === null ? null : JSON.stringify(policy.softLaunch),
      // another number of completes is another soft launch: what was reached of the one before does not open it
      soft_launch_reached_at: unlessAnother(trx, 'soft_launch_reached_at', policy),
      fully_launched_at: unlessAnother(trx, 'fully_launched_at', policy),
      updated_at: now,
    })
}

/** A moment of the soft launch that is stored, as long as it stays the one that is agreed. */
function unlessAnother(trx: Knex, column: string, { softLaunch }: PlanPolicy): Knex.Raw {
  return trx.raw("case when (soft_launch ->> 'completes')::int is not distinct from ?::int then ?? end", [
    softLaunch?.completes ?? null,
    column,
  ])
}

/**
 * Plans which should have been closed long ago have lost their workflow (terminated by hand, a namespace that was
 * deleted): the janitor is to start it again.
 * @param olderThan how late is too late
 * @returns how many
 */
export async function giveUpLostDrivers(trx: Knex, olderThan: Date): Promise<number> {
  return trx('survey_plans')
    .whereNotNull('workflow_started_at')
    .whereRaw("survey_id in (select survey_id from surveys where status = 'open' and finish_at < ?)", [olderThan])
    .update({ workflow_started_at: null })
}
