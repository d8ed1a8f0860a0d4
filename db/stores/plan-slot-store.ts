import { noRoomFor, type Slot } from '../../domain/plan/counting.js'
import type { Standing } from '../../domain/session.js'
import type { Knex } from '../connect.js'
import { showPlan } from './plan-catalogue.js'
import { lockPlan, type PlanRecord } from './plan-row.js'
import type { SessionRow } from './session-row.js'

/** What a session of a plan has beyond other sessions. */
export interface PlanSessionRow {
  readonly session_id: string
  readonly plan_id: string
  readonly panel: string
  readonly quota_ids: string[]
  readonly finish_token: string
  readonly panelist_profile: Record<string, unknown> | null
  readonly slot: Slot
  readonly held_until: Date | null
}

export interface NewPlanSession {
  readonly planId: string
  readonly quotaIds: readonly string[]
  readonly finishToken: string
  readonly panelistProfile: Readonly<Record<string, unknown>>
}

/** Stored beside its session, in the same transaction. */
export async function insertPlanSession(
  trx: Knex,
  session: { readonly sessionId: string; readonly panel: string },
  { planId, quotaIds, finishToken, panelistProfile }: NewPlanSession,
): Promise<void> {
  await trx('plan_sessions').insert({
    session_id: session.sessionId,
    plan_id: planId,
    panel: session.panel,
    quota_ids: [...quotaIds],
    finish_token: finishToken,
    panelist_profile: JSON.stringify(panelistProfile),
  })
}

export async function findPlanSession(knex: Knex, sessionId: string): Promise<PlanSessionRow | null> {
  const row: PlanSessionRow | undefined = await knex('plan_sessions').where({ session_id: sessionId }).first()
  return row ?? null
}

/** The session that a finish link belongs to. */
export async function findPlanSessionByFinishToken(knex: Knex, finishToken: string): Promise<PlanSessionRow | null> {
  const row: PlanSessionRow | undefined = await knex('plan_sessions').where({ finish_token: finishToken }).first()
  return row ?? null
}

/**
 * Makes a session's slot what its new standing asks for, in the claim's transaction: a payable complete fills it, a
 * provisional one keeps it, anything else gives it back. A complete whose hold is gone takes a free slot or the agreed
 * overage; where there is neither, it is COMPLETED and not payable (contract §5). Safe to repeat.
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
    await moveSlot(trx, own, 'released')
    return { standing, stamp: false }
  }
  const record = await lockPlan(trx, own.plan_id, now)
  if (record === null) return { standing, stamp: false }
  const keeps =
    own.slot === 'filled' ||
    own.slot === 'provisional' ||
    (own.slot === 'held' && own.held_until !== null && own.held_until > now)
  const room = keeps ? own.slot === 'filled' || withinBounds(record, own.quota_ids) : isFree(record, session, own)
  const slot: Slot = wants === 'released' || !room ? 'released' : wants
  await moveSlot(trx, own, slot)
  const filled = (slot === 'filled' ? 1 : 0) - (own.slot === 'filled' ? 1 : 0)
  if (filled !== 0) await count(trx, own, filled, now)
  const stamp = filled !== 0 && (await showPlan(trx, own.plan_id, now))
  const overQuota = wants === 'filled' && slot !== 'filled'
  return { standing: overQuota ? { ...standing, payable: false, unpaidReason: 'over_quota' } : standing, stamp }
}

const isFree = (record: PlanRecord, session: SessionRow, own: PlanSessionRow): boolean =>
  noRoomFor(record, session.panel, own.quota_ids, 'late') === null

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

async function moveSlot(trx: Knex, own: PlanSessionRow, slot: Slot): Promise<void> {
  // an ended session has no more use for what its platform may ask; a provisional one neither
  await trx('plan_sessions')
    .where({ session_id: own.session_id })
    .update({ slot, held_until: null, panelist_profile: null })
}

/** Moves the counters by one complete and closes what is filled by it. One statement: others wait for the plan's lock. */
async function count(trx: Knex, own: PlanSessionRow, by: number, now: Date): Promise<void> {
  await trx.raw(
    `with quotas as (
       update plan_quotas set completes = completes + :by,
         status = case when :by > 0 and completes + :by >= target_completes then 'CLOSED' else status end,
         status_reason = case when :by > 0 and completes + :by >= target_completes and status <> 'CLOSED' then 'filled'
                              else status_reason end
        where plan_id = :planId and quota_id = any(:quotaIds::text[])
     ), panels as (
       insert into plan_panels as p (plan_id, panel, completes) values (:planId, :panel, greatest(:by, 0))
       on conflict (plan_id, panel) do update set completes = p.completes + :by
     )
     update survey_plans set completes = completes + :by, updated_at = :now,
       status = case when :by > 0 and completes + :by >= target_completes then 'CLOSED' else status end,
       status_reason = case when :by > 0 and completes + :by >= target_completes and status <> 'CLOSED' then 'filled'
                            else status_reason end,
       soft_launch_reached_at = case when soft_launch is not null and completes + :by >= (soft_launch ->> 'completes')::int
                                     then coalesce(soft_launch_reached_at, :now) else soft_launch_reached_at end
      where plan_id = :planId`,
    { by, planId: own.plan_id, quotaIds: own.quota_ids, panel: own.panel, now },
  )
}
