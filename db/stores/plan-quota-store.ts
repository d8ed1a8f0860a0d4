import type { PlanQuota, PlanStatus } from '../../domain/plan/survey-plan.js'
import type { Knex } from '../connect.js'

/** Stores the quotas of a plan in order; existing ones keep their counts and statuses. */
export async function keepQuotas(trx: Knex, planId: string, quotas: readonly PlanQuota[]): Promise<void> {
  if (quotas.length === 0) return
  const rows = quotas.map(({ id, targetCompletes }, position) => ({
    plan_id: planId,
    quota_id: id,
    position,
    target_completes: targetCompletes ?? null,
  }))
  await trx('plan_quotas').insert(rows).onConflict(['plan_id', 'quota_id']).merge(['position', 'target_completes'])
}

/** Closes the plan's other quotas. */
export async function closeOtherQuotas(trx: Knex, planId: string, quotaIds: readonly string[]): Promise<void> {
  await trx('plan_quotas')
    .where({ plan_id: planId })
    .whereNotIn('quota_id', [...quotaIds])
    .update({ status: 'CLOSED' })
}

/** Closes the quotas of a plan whose completes have reached their targets. */
export async function closeFilledQuotas(trx: Knex, planId: string): Promise<void> {
  await trx('plan_quotas')
    .where({ plan_id: planId })
    .whereNot({ status: 'CLOSED' })
    .whereRaw('completes >= target_completes')
    .update({ status: 'CLOSED', status_reason: 'filled' })
}

/** Sets a quota's status for the buyer. */
export async function updateQuotaStatus(trx: Knex, planId: string, quotaId: string, status: PlanStatus): Promise<void> {
  await trx('plan_quotas').where({ plan_id: planId, quota_id: quotaId }).update({ status, status_reason: 'buyer' })
}
