import type { Panelist } from '../../domain/panelist.js'
import type { Knex } from '../connect.js'

/** A panelist as a panel stored them. */
export interface StoredPanelist extends Panelist {
  readonly createdAt: Date
  readonly updatedAt: Date
}

const COLUMNS = {
  panelistId: 'panelist_id',
  country: 'country',
  locale: 'locale',
  dateOfBirth: 'date_of_birth',
  profile: 'profile',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const

/** Stores a panelist of a panel, replacing everything that was known of them. @returns what is stored now */
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
    .returning(Object.entries(COLUMNS).map(([name, column]) => trx.raw('?? as ??', [`panelists.${column}`, name])))
  return row
}

/** A panel's panelist by primary key; null when there is none. */
export async function findPanelist(knex: Knex, panel: string, panelistId: string): Promise<StoredPanelist | null> {
  return (await knex('panelists').select(COLUMNS).where({ panel, panelist_id: panelistId }).first()) ?? null
}
