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
 * Makes a session's slot what its new standing asks for, in the claim's transaction: a payable complete fills it, a
 * provisional one keeps it, anything else gives it back. A complete whose hold is gone takes a free slot or the agreed
 * overage; where there is neither, it is COMPLETED and not payable (docs/decisions/0017-slots-under-the-plans-lock.md).
 * Safe to repeat.
 * @returns the standing, `payable` false where there was no room, and whether the catalogue has something to stamp
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
    // giving back what was only held moves no counter: nobody has to wait for the plan's lock
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
 * Whether one more complete stays within target + overage. A kept slot is within them, unless the target was lowered
 * under it; then its complete is one too many, and says so rather than fail.
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
