import type { Knex } from '../../db/connect.js'
import { lockPlan, type PlanRecord } from '../../db/read-models/plan-record.js'

/** Locks a demand partner's own plan. Null = not found, another partner's, or deleted. */
export async function lockOwnPlan(
  trx: Knex,
  demandPartner: string,
  planId: string,
  now: Date,
): Promise<PlanRecord | null> {
  const held = await lockPlan(trx, planId, now)
  return held === null || held.demandPartner !== demandPartner || held.row.deletedAt !== null ? null : held
}
