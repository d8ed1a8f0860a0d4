import type { Knex } from '../connect.js'
import { holdSlot, type NotEntered } from './plan-slot-store.js'
import { type SessionRow, sessionColumns } from './session-row.js'

/** What a click on a session of our own plan came to. */
export type PlanEntry =
  | { readonly kind: 'entered'; readonly sessionId: string; readonly url: string }
  | { readonly kind: 'refused'; readonly why: NotEntered }
  /** Not to be entered by a click: it is not `created`, or its link has expired. */
  | { readonly kind: 'look_closer' }

/**
 * The respondent's click on a survey plan of our own: the session becomes `entered` only together with its slot, under
 * the session's and then the plan's row lock, so that however many click at once nobody gets in beyond what is left.
 * @param holdMs how long a slot is kept without an outcome, by the survey's length in minutes
 */
export async function enterPlanSession(
  knex: Knex,
  entryToken: string,
  holdMs: (loiMinutes: number) => number,
  now: Date,
): Promise<PlanEntry> {
  return knex.transaction(async (trx): Promise<PlanEntry> => {
    const row: SessionRow | undefined = await trx('sessions')
      .select(trx.raw(sessionColumns))
      .where({ entry_token: entryToken })
      .forUpdate()
      .first()
    if (row === undefined || row.state !== 'created' || row.entry_deadline <= now || row.provider_entry_url === null)
      return { kind: 'look_closer' }
    const connection = await trx('connections').where({ connection: row.connection }).first('paused', 'state')
    if (connection === undefined || connection.paused || connection.state === 'removed')
      return { kind: 'refused', why: { kind: 'not_open' } }
    const why = await holdSlot(trx, row, holdMs, now)
    if (why !== null) return { kind: 'refused', why }
    await trx('sessions').where({ session_id: row.session_id }).update({ state: 'entered', entered_at: now })
    return { kind: 'entered', sessionId: row.session_id, url: row.provider_entry_url }
  })
}
