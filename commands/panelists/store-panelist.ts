import type { Knex } from '../../db/connect.js'
import type { StoredPanelist } from '../../db/rows/panelist-row.js'
import { putPanelist } from '../../db/stores/panelist-store.js'
import { asPanel } from '../../db/tenant.js'
import type { Panelist } from '../../domain/panelist.js'

/**
 * Stores a panelist and replaces the earlier row. Runs in the panel's role, so that row-level security applies.
 * @returns the stored panelist
 */
export async function storePanelist(
  { knex, clock }: { readonly knex: Knex; readonly clock: () => Date },
  panel: string,
  panelist: Panelist,
): Promise<StoredPanelist> {
  return asPanel(knex, panel, (trx) => putPanelist(trx, panel, panelist, clock()))
}
