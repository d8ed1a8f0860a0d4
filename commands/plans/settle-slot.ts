import type { Knex } from '../../db/connect.js'
import { lockPlan, type PlanRecord } from '../../db/read-models/plan-record.js'
import type { PlanSession } from '../../db/rows/plan-session.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import { countComplete } from '../../db/statements/count-complete.js'
import { findPlanSession, updateSlot } from '../../db/stores/plan-session-store.js'
import { noRoomFor, type Slot } from '../../domain/plan/counting.js'
import type { Standing } from '../../domain/session.js'
import { showPlan } from './show-in-catalogue.js'

/**
 * Updates a session's slot to its new standing, in the claim's transaction: a payable complete fills it, a provisional
 * one keeps it, anything else releases it. A complete without a hold takes a free slot or the agreed overage; without
 * either, it is COMPLETED and not payable (docs/decisions/0017-slots-under-the-plans-lock.md). Idempotent.
 * @returns the standing, `payable` false where there was no room, and whether the caller must stamp
 */
export async function settleSlot(
  trx: Knex,
  session: SessionRow,
  standing: Standing,
  now: Date,
): Promise<{ standing: Standing; stamp: boolean }> {
  const own = await findPlanSession(trx, session.session_id)
  if (own === null) return { standing, stamp: false }
  const wants: Slot = standing.payable ? 'filled' : standing.provisional ? 'provisional' : 'released'
  if (wants === 'released' && own.slot !== 'filled') {
    // releasing a held slot moves no counter, so it needs no lock of the plan
    await updateSlot(trx, own.sessionId, 'released')
    return { standing, stamp: false }
  }
  const record = await lockPlan(trx, own.planId, now)
  if (record === null) return { standing, stamp: false }
  const keeps =
    own.slot === 'filled' ||
    own.slot === 'provisional' ||
    (own.slot === 'held' && own.heldUntil !== null && own.heldUntil > now)
  const room = keeps ? own.slot === 'filled' || withinBounds(record, own.quotaIds) : isFree(record, session, own)
  const slot: Slot = wants === 'released' || !room ? 'released' : wants
  await updateSlot(trx, own.sessionId, slot)
  const filled = (slot === 'filled' ? 1 : 0) - (own.slot === 'filled' ? 1 : 0)
  if (filled !== 0) await countComplete(trx, own, filled, now)
  const stamp = filled !== 0 && (await showPlan(trx, own.planId, now))
  const overQuota = wants === 'filled' && slot !== 'filled'
  return { standing: overQuota ? { ...standing, payable: false, unpaidReason: 'over_quota' } : standing, stamp }
}

const isFree = (record: PlanRecord, session: SessionRow, own: PlanSession): boolean =>
  noRoomFor(record, session.panel, own.quotaIds, 'late') === null

/**
 * Whether one more complete stays within target + overage. A kept slot does, unless the target was lowered meanwhile;
 * then its complete is not payable (`over_quota`), instead of an error.
 */
function withinBounds({ plan, policy, completes }: PlanRecord, quotaIds: readonly string[]): boolean {
  const targetOf = (quotaId: string) => plan.quotas.find(({ id }) => id === quotaId)?.targetCompletes
  return (
    completes.plan < plan.targetCompletes + policy.overage &&
    quotaIds.every((quotaId) => {
      const target = targetOf(quotaId)
      return target === undefined || (completes.quotas.get(quotaId) ?? 0) < target + policy.overage
    })
  )
}
