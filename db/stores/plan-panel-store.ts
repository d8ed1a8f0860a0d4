import type { PlanPolicy } from '../../domain/plan/survey-plan.js'
import type { Knex } from '../connect.js'

/** Adds panels to a plan; existing ones keep their counts and allocations. */
export async function addPanels(trx: Knex, planId: string, panels: readonly string[]): Promise<void> {
  const rows = [...new Set(panels)].map((panel) => ({ plan_id: planId, panel }))
  if (rows.length > 0) await trx('plan_panels').insert(rows).onConflict(['plan_id', 'panel']).ignore()
}

/** Clears the allocations of the plan's other panels. */
export async function clearOtherAllocations(trx: Knex, planId: string, panels: readonly string[]): Promise<void> {
  await trx('plan_panels')
    .where({ plan_id: planId })
    .whereNotIn('panel', [...panels])
    .update({ allocation: null })
}

/** Replaces the allocations of a plan; clears those of other panels. */
export async function writeAllocations(
  trx: Knex,
  planId: string,
  allocations: PlanPolicy['allocations'],
): Promise<void> {
  await trx('plan_panels').where({ plan_id: planId }).update({ allocation: null })
  const rows = Object.entries(allocations).map(([panel, allocation]) => ({ plan_id: planId, panel, allocation }))
  if (rows.length > 0) await trx('plan_panels').insert(rows).onConflict(['plan_id', 'panel']).merge(['allocation'])
}
