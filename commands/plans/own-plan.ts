import type { Knex } from '../../db/connect.js'
import { lockPlan, type PlanRecord } from '../../db/read-models/plan-record.js'

/** Takes the lock of a demand partner's own plan; another's is not there, nor is a deleted one. */
export async function lockOwnPlan(
  trx: Knex,
  demandPartner: string,
  planId: string,
  now: Date,
): Promise<PlanRecord | null> {
  const held = await lockPlan(trx, planId, now)
  return held === null || held.demandPartner !== demandPartner || held.row.deletedAt !== null ? null : held
}
