import type { Panelist } from '../../domain/panelist.js'

/** A panelist as a panel stored them. */
export interface StoredPanelist extends Panelist {
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The columns of `panelists` under the names that `StoredPanelist` has for them. */
export const panelistColumns = {
  panelistId: 'panelist_id',
  country: 'country',
  locale: 'locale',
  dateOfBirth: 'date_of_birth',
  profile: 'profile',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const
