import type { Knex } from '../../db/connect.js'
import { lockPlan, type PlanRecord } from '../../db/read-models/plan-record.js'
import { updatePlan } from '../../db/stores/plan-store.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'
import type { PlanStatus } from '../../domain/plan/survey-plan.js'
import type { PlanDependencies } from './dependencies.js'
import { lockOwnPlan } from './own-plan.js'
import { showPlan } from './show-in-catalogue.js'

/** The result of a status change. */
export type StatusChange =
  | { readonly kind: 'changed'; readonly plan: PlanRecord }
  | { readonly kind: 'not_found' }
  /** It cannot be opened: its completes are reached, or its finish date has passed. */
  | { readonly kind: 'refused'; readonly reason: 'filled' | 'finish_date' }

/** `setPlanStatus` in its own transaction: opens, pauses or closes a demand partner's plan. */
export async function changePlanStatus(
  { knex, clock }: PlanDependencies,
  { demandPartner, planId, status }: { demandPartner: string; planId: string; status: PlanStatus },
): Promise<StatusChange> {
  const change = await knex.transaction((trx) => setPlanStatus(trx, demandPartner, planId, status, clock()))
  if (change.kind === 'changed') stampSoon(knex)
  return change
}

/**
 * The buyer opens, pauses or closes a plan (Kantar Gateway API, Edit Survey Plan). A plan whose completes are reached,
 * or whose finish date has passed, cannot be opened. The caller stamps after the commit.
 */
export async function setPlanStatus(
  trx: Knex,
  demandPartner: string,
  planId: string,
  status: PlanStatus,
  now: Date,
): Promise<StatusChange> {
  const held = await lockOwnPlan(trx, demandPartner, planId, now)
  if (held === null) return { kind: 'not_found' }
  if (status === 'OPEN') {
    if (held.completes.plan >= held.plan.targetCompletes) return { kind: 'refused', reason: 'filled' }
    if (held.plan.finishDate !== undefined && new Date(held.plan.finishDate) <= now)
      return { kind: 'refused', reason: 'finish_date' }
  }
  if (held.status === status) return { kind: 'changed', plan: held }
  await updatePlan(trx, planId, {
    status,
    statusReason: 'buyer',
    updatedAt: now,
    // the janitor starts a workflow for plans without `workflowStartedAt`
    ...(status === 'OPEN' ? { workflowStartedAt: null } : {}),
  })
  await showPlan(trx, planId, now)
  return { kind: 'changed', plan: (await lockPlan(trx, planId, now)) ?? held }
}
