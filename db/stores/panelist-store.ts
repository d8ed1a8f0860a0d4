import type { Panelist } from '../../domain/panelist.js'
import type { Knex } from '../connect.js'
import { panelistColumns, type StoredPanelist } from '../rows/panelist-row.js'

/** Stores a panelist and replaces the earlier row. @returns the stored panelist */
export async function putPanelist(trx: Knex, panel: string, panelist: Panelist, now: Date): Promise<StoredPanelist> {
  const content = {
    country: panelist.country,
    locale: panelist.locale,
    date_of_birth: panelist.dateOfBirth,
    profile: JSON.stringify(panelist.profile),
    updated_at: now,
  }
  const [row] = await trx('panelists')
    .insert({ panel, panelist_id: panelist.panelistId, created_at: now, ...content })
    .onConflict(['panel', 'panelist_id'])
    .merge(content)
    .returning(
      Object.entries(panelistColumns).map(([name, column]) => trx.raw('?? as ??', [`panelists.${column}`, name])),
    )
  return row
}
