import type { Knex } from '../connect.js'
import { panelistColumns, type StoredPanelist } from '../rows/panelist-row.js'
import { asPanel } from '../tenant.js'

/** A panel's panelist, read in the panel's role so that row-level security applies; null = not found. */
export async function readStoredPanelist(
  knex: Knex,
  panel: string,
  panelistId: string,
): Promise<StoredPanelist | null> {
  return asPanel(
    knex,
    panel,
    async (trx) =>
      (await trx('panelists').select(panelistColumns).where({ panel, panelist_id: panelistId }).first()) ?? null,
  )
}
