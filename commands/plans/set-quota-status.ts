import type { Knex } from '../../db/connect.js'
import { lockPlan } from '../../db/read-models/plan-record.js'
import { updateQuotaStatus } from '../../db/stores/plan-quota-store.js'
import { updatePlan } from '../../db/stores/plan-store.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'
import type { PlanStatus } from '../../domain/plan/survey-plan.js'
import type { PlanDependencies } from './dependencies.js'
import { lockOwnPlan } from './own-plan.js'
import type { StatusChange } from './set-status.js'
import { showPlan } from './show-in-catalogue.js'

/** `setQuotaStatus` in its own transaction: opens, pauses or closes one quota of a demand partner's plan. */
export async function changeQuotaStatus(
  { knex, clock }: PlanDependencies,
  {
    demandPartner,
    planId,
    quotaId,
    status,
  }: {
    demandPartner: string
    planId: string
    quotaId: string
    status: PlanStatus
  },
): Promise<StatusChange> {
  const change = await knex.transaction((trx) => setQuotaStatus(trx, demandPartner, planId, quotaId, status, clock()))
  if (change.kind === 'changed') stampSoon(knex)
  return change
}

/** Like `setPlanStatus`, for one quota; `not_found` also for an unknown quota. */
export async function setQuotaStatus(
  trx: Knex,
  demandPartner: string,
  planId: string,
  quotaId: string,
  status: PlanStatus,
  now: Date,
): Promise<StatusChange> {
  const held = await lockOwnPlan(trx, demandPartner, planId, now)
  const quota = held?.plan.quotas.find(({ id }) => id === quotaId)
  if (held === null || quota === undefined) return { kind: 'not_found' }
  const target = quota.targetCompletes
  if (status === 'OPEN' && target !== undefined && (held.completes.quotas.get(quotaId) ?? 0) >= target)
    return { kind: 'refused', reason: 'filled' }
  await updateQuotaStatus(trx, planId, quotaId, status)
  await updatePlan(trx, planId, { updatedAt: now })
  await showPlan(trx, planId, now)
  return { kind: 'changed', plan: (await lockPlan(trx, planId, now)) ?? held }
}
