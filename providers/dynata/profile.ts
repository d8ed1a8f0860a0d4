import { alpha2Of } from '../../domain/country.js'
import type { PanelistRequest } from '../adapter.js'

/** `user_profile` of a registration (publisher guide, Register User): numbers in `"sex": 1` and `"postal": 94104`. */
export interface UserProfile {
  /** YYYY-MM-DD. */
  readonly dob: string
  /** 1 male, 2 female. */
  readonly sex?: 1 | 2
  /** ISO 3166-1 alpha-2. */
  readonly cc?: string
  /** A number if the code is one; text if a number would lose digits: 02139, SW1A 1AA. */
  readonly postal?: string | number
}

/** As a number it keeps every digit. */
const PLAIN_NUMBER = /^[1-9]\d{0,14}$/

/**
 * The profile to register a panelist with. Without a date of birth a registration fails (code 8), so none is sent.
 * @returns null without a date of birth
 */
export function userProfileOf({ dateOfBirth, country, profile }: PanelistRequest): UserProfile | null {
  if (dateOfBirth === null) return null
  const sex = profile.sex?.[0]
  const postal = profile.postal?.[0]
  const cc = alpha2Of(country)
  return {
    dob: dateOfBirth,
    ...(sex === '1' ? { sex: 1 } : sex === '2' ? { sex: 2 } : {}),
    ...(cc === null ? {} : { cc }),
    ...(postal === undefined ? {} : { postal: PLAIN_NUMBER.test(postal) ? Number(postal) : postal }),
  }
}
