import type { Panelist } from '../../domain/panelist.js'

/** A panelist as stored by the panel. */
export interface StoredPanelist extends Panelist {
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Property names of `StoredPanelist` -> columns of `panelists`. */
export const panelistColumns = {
  panelistId: 'panelist_id',
  country: 'country',
  locale: 'locale',
  dateOfBirth: 'date_of_birth',
  profile: 'profile',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const
