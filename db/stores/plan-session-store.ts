import type { Slot } from '../../domain/plan/counting.js'
import type { Knex } from '../connect.js'
import type { NewPlanSession, PlanSession } from '../rows/plan-session.js'

const COLUMNS = {
  sessionId: 'session_id',
  planId: 'plan_id',
  panel: 'panel',
  quotaIds: 'quota_ids',
  finishToken: 'finish_token',
  panelistProfile: 'panelist_profile',
  slot: 'slot',
  heldUntil: 'held_until',
} as const satisfies Readonly<Record<keyof PlanSession, string>>

/** Stores the plan's data of a session, in the session's transaction. */
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

/** @returns null = the session is not of a plan */
export async function findPlanSession(knex: Knex, sessionId: string): Promise<PlanSession | null> {
  return (await knex('plan_sessions').select(COLUMNS).where({ session_id: sessionId }).first()) ?? null
}

/** Sets the slot of a session that has ended. */
export async function updateSlot(trx: Knex, sessionId: string, slot: Slot): Promise<void> {
  // the survey platform no longer needs the profile, also of a provisional complete
  await trx('plan_sessions').where({ session_id: sessionId }).update({ slot, held_until: null, panelist_profile: null })
}
