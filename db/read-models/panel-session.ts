import type { Knex } from '../connect.js'
import { type SessionRow, sessionColumns } from '../rows/session-row.js'
import { asPanel } from '../tenant.js'

/** A panel's session, read in the panel's role so that row-level security applies; null = not found. */
export async function readPanelSession(knex: Knex, panel: string, sessionId: string): Promise<SessionRow | null> {
  return asPanel(knex, panel, async (trx) => {
    const row: SessionRow | undefined = await trx('sessions')
      .select(trx.raw(sessionColumns))
      .where({ session_id: sessionId })
      .first()
    return row ?? null
  })
}
