import { GATEWAY, type PlanPolicy, type PlanStatus, type SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { Knex } from '../connect.js'
import { surveyIdOf } from '../survey-id.js'
import { showPlan } from './plan-catalogue.js'
import { lockPlan, type PlanRecord, type PlanRow } from './plan-row.js'

/**
 * Stores a new plan and shows it in the catalogue, in the caller's transaction. The caller stamps after the commit.
 * @param planId unguessable; known to the demand partner only
 */
export async function insertPlan(
  trx: Knex,
  { planId, demandPartner, plan }: { planId: string; demandPartner: string; plan: SurveyPlan },
  now: Date,
): Promise<void> {
  await trx('survey_plans').insert({
    plan_id: planId,
    demand_partner: demandPartner,
    survey_id: surveyIdOf(GATEWAY, planId),
    plan: JSON.stringify(plan),
    target_completes: plan.targetCompletes,
    created_at: now,
    updated_at: now,
  })
  await writeQuotas(trx, planId, plan)
  await writePanels(trx, planId, plan)
  await showPlan(trx, planId, now)
}

/**
 * Puts another version of a plan in the place of the one that is there (seed 002: a launched survey is edited). Counts,
 * statuses and the policy stay; quotas and panels that are gone lose their targets, not their history.
 * @returns `below_completes` when a new target is less than what is completed or held already: then nothing changed
 */
export async function replacePlan(
  trx: Knex,
  planId: string,
  plan: SurveyPlan,
  now: Date,
): Promise<'replaced' | 'below_completes'> {
  const held = await lockPlan(trx, planId, now)
  if (held === null) throw new Error(`plan ${planId} is not there`)
  if (isBelowWhatIsTaken(held, plan)) return 'below_completes'
  await trx('survey_plans')
    .where({ plan_id: planId })
    .update({ plan: JSON.stringify(plan), target_completes: plan.targetCompletes, updated_at: now })
  await trx('plan_quotas')
    .where({ plan_id: planId })
    .whereNotIn(
      'quota_id',
      plan.quotas.map(({ id }) => id),
    )
    .update({ status: 'CLOSED' })
  await writeQuotas(trx, planId, plan)
  // what is kept for a panel that is gone would be in the way of the others, and no policy could name it any more
  await trx('plan_panels')
    .where({ plan_id: planId })
    .whereNotIn('panel', plan.targetPanels)
    .update({ allocation: null })
  await writePanels(trx, planId, plan)
  await closeWhatIsFilled(trx, planId)
  await showPlan(trx, planId, now)
  return 'replaced'
}

/** A target that was lowered to what is completed is reached: no complete will come to close it. */
async function closeWhatIsFilled(trx: Knex, planId: string): Promise<void> {
  for (const table of ['survey_plans', 'plan_quotas']) {
    await trx(table)
      .where({ plan_id: planId })
      .whereNot({ status: 'CLOSED' })
      .whereRaw('completes >= target_completes')
      .update({ status: 'CLOSED', status_reason: 'filled' })
  }
}

function isBelowWhatIsTaken({ policy, completes, held }: PlanRecord, plan: SurveyPlan): boolean {
  const short = (target: number | undefined, done: number, inside: number): boolean =>
    target !== undefined && target + policy.overage < done + inside
  return (
    short(plan.targetCompletes, completes.plan, held.plan) ||
    plan.quotas.some(({ id, targetCompletes }) =>
      short(targetCompletes, completes.quotas.get(id) ?? 0, held.quotas.get(id) ?? 0),
    )
  )
}

async function writeQuotas(trx: Knex, planId: string, plan: SurveyPlan): Promise<void> {
  if (plan.quotas.length === 0) return
  const rows = plan.quotas.map(({ id, targetCompletes }, position) => ({
    plan_id: planId,
    quota_id: id,
    position,
    target_completes: targetCompletes ?? null,
  }))
  await trx('plan_quotas').insert(rows).onConflict(['plan_id', 'quota_id']).merge(['position', 'target_completes'])
}

async function writePanels(trx: Knex, planId: string, plan: SurveyPlan): Promise<void> {
  const rows = [...new Set(plan.targetPanels)].map((panel) => ({ plan_id: planId, panel }))
  if (rows.length > 0) await trx('plan_panels').insert(rows).onConflict(['plan_id', 'panel']).ignore()
}

/** What became of a status change. */
export type StatusChange =
  | { readonly kind: 'changed'; readonly plan: PlanRecord }
  | { readonly kind: 'not_found' }
  /** It cannot be opened: its completes are reached, or its finish date has passed. */
  | { readonly kind: 'refused'; readonly reason: 'filled' | 'finish_date' }

/**
 * The buyer opens, pauses or closes a plan (seed 000, Edit Survey Plan). A plan whose completes are reached, or whose
 * finish date has passed, cannot be opened. The caller stamps after the commit.
 */
export async function setPlanStatus(
  trx: Knex,
  demandPartner: string,
  planId: string,
  status: PlanStatus,
  now: Date,
): Promise<StatusChange> {
  const held = await ownPlan(trx, demandPartner, planId, now)
  if (held === null) return { kind: 'not_found' }
  if (status === 'OPEN') {
    if (held.completes.plan >= held.plan.targetCompletes) return { kind: 'refused', reason: 'filled' }
    if (held.plan.finishDate !== undefined && new Date(held.plan.finishDate) <= now)
      return { kind: 'refused', reason: 'finish_date' }
  }
  if (held.status === status) return { kind: 'changed', plan: held }
  await trx('survey_plans')
    .where({ plan_id: planId })
    .update({
      status,
      status_reason: 'buyer',
      updated_at: now,
      // an opened plan is driven again; one that was never driven stays on the janitor's list
      ...(status === 'OPEN' ? { workflow_started_at: null } : {}),
    })
  await showPlan(trx, planId, now)
  return { kind: 'changed', plan: (await lockPlan(trx, planId, now)) ?? held }
}

/** As `setPlanStatus`, for one quota; `not_found` for an unknown one too. */
export async function setQuotaStatus(
  trx: Knex,
  demandPartner: string,
  planId: string,
  quotaId: string,
  status: PlanStatus,
  now: Date,
): Promise<StatusChange> {
  const held = await ownPlan(trx, demandPartner, planId, now)
  const quota = held?.plan.quotas.find(({ id }) => id === quotaId)
  if (held === null || quota === undefined) return { kind: 'not_found' }
  const target = quota.targetCompletes
  if (status === 'OPEN' && target !== undefined && (held.completes.quotas.get(quotaId) ?? 0) >= target)
    return { kind: 'refused', reason: 'filled' }
  await trx('plan_quotas').where({ plan_id: planId, quota_id: quotaId }).update({ status, status_reason: 'buyer' })
  await trx('survey_plans').where({ plan_id: planId }).update({ updated_at: now })
  await showPlan(trx, planId, now)
  return { kind: 'changed', plan: (await lockPlan(trx, planId, now)) ?? held }
}

export type Deletion = 'deleted' | 'not_found' | 'not_closed' | 'sessions_in_progress'

/** Deletes a plan that is CLOSED and has no session in progress (seed 000, Delete Survey Plan). Its sessions stay. */
export async function deletePlan(trx: Knex, demandPartner: string, planId: string, now: Date): Promise<Deletion> {
  const held = await ownPlan(trx, demandPartner, planId, now)
  if (held === null) return 'not_found'
  if (held.status !== 'CLOSED') return 'not_closed'
  const busy = await trx('sessions')
    .where({ survey_id: held.surveyId })
    .whereNot({ state: 'finished' })
    .select(trx.raw('1'))
    .first()
  if (busy !== undefined) return 'sessions_in_progress'
  await trx('survey_plans').where({ plan_id: planId }).update({ deleted_at: now, updated_at: now })
  await showPlan(trx, planId, now)
  return 'deleted'
}

/** Stores a plan's whole policy; panels without an allocation have none. The caller has merged and checked it. */
export async function writePolicy(trx: Knex, planId: string, policy: PlanPolicy, now: Date): Promise<void> {
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
  await trx('plan_panels').where({ plan_id: planId }).update({ allocation: null })
  const rows = Object.entries(policy.allocations).map(([panel, allocation]) => ({ plan_id: planId, panel, allocation }))
  if (rows.length > 0) await trx('plan_panels').insert(rows).onConflict(['plan_id', 'panel']).merge(['allocation'])
  await showPlan(trx, planId, now)
}

/** A moment of the soft launch that is stored, as long as it stays the one that is agreed. */
function unlessAnother(trx: Knex, column: string, { softLaunch }: PlanPolicy): Knex.Raw {
  return trx.raw("case when (soft_launch ->> 'completes')::int is not distinct from ?::int then ?? end", [
    softLaunch?.completes ?? null,
    column,
  ])
}

/** Takes the lock of a demand partner's own plan; another's is not there, nor is a deleted one. */
export async function ownPlan(trx: Knex, demandPartner: string, planId: string, now: Date): Promise<PlanRecord | null> {
  const held = await lockPlan(trx, planId, now)
  return held === null || held.demandPartner !== demandPartner || held.row.deleted_at !== null ? null : held
}

/** A demand partner's plans, newest first, without their counts. */
export async function listPlanRows(
  knex: Knex,
  demandPartner: string,
  page: { readonly limit: number; readonly after: { readonly createdAt: Date; readonly planId: string } | null },
): Promise<PlanRow[]> {
  const query = knex('survey_plans').where({ demand_partner: demandPartner }).whereNull('deleted_at')
  if (page.after !== null) {
    query.whereRaw('(created_at, plan_id) < (?, ?)', [page.after.createdAt, page.after.planId])
  }
  return query
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'plan_id', order: 'desc' },
    ])
    .limit(page.limit)
}
