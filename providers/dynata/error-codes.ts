/**
 * What the twelve codes of Dynata Match API, Error Response Codes, do here:
 * empty: a good answer without surveys. again: worth another try within limits. registration: ask once more with the
 * profile. nothing: no surveys this time, and the panel hears why. banned: this panelist is not asked about for long.
 * ours: a fault of this program. configuration: an operator has to mend a setting.
 */
export type CodeEffect = 'empty' | 'again' | 'registration' | 'nothing' | 'banned' | 'ours' | 'configuration'

export interface ErrorCode {
  /** The document's words. */
  readonly says: string
  readonly effect: CodeEffect
  /** For `nothing` and `banned`: what the panel is told; for `configuration`: what the operator should look at. */
  readonly hint?: string
}

export const ERROR_CODES: Readonly<Record<string, ErrorCode>> = {
  1: { says: 'JSON or Transport error', effect: 'again' },
  2: { says: 'Publisher ID Invalid', effect: 'configuration', hint: 'look at pub_id' },
  3: { says: 'User is Banned', effect: 'banned', hint: 'the provider has banned this panelist' },
  4: { says: 'User ID Invalid', effect: 'ours' },
  5: { says: 'Required Parameters Missing', effect: 'ours' },
  6: { says: 'Program Invalid', effect: 'configuration', hint: 'look at program_id' },
  7: {
    says: 'User IP Did Not Match Specified Country',
    effect: 'nothing',
    hint: 'user_ip is not an address of the panelist’s country',
  },
  8: { says: 'Failed Registration on #dob#', effect: 'nothing', hint: 'a valid date_of_birth is needed' },
  9: { says: 'User Profile required', effect: 'registration' },
  10: { says: 'Invalid iv or Payload', effect: 'configuration', hint: 'look at security_key and pub_id' },
  11: { says: 'No Surveys found for user', effect: 'empty' },
  12: { says: 'Error Calling Matching Service', effect: 'again' },
}

/** A code that the document does not know: perhaps gone tomorrow, so tried again within limits and reported. */
export const UNKNOWN_CODE: ErrorCode = { says: 'a code that the document does not know', effect: 'again' }
