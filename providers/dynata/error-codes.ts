/**
 * What to do for each of the twelve codes of Dynata Match API, Error Response Codes. empty: a good answer without
 * surveys. again: retry within limits. registration: send the request again with the profile. nothing: no surveys this
 * time; report the reason to the panel. banned: do not ask about this panelist for a long time. ours: a bug in this
 * program. configuration: an operator must correct a setting.
 */
export type CodeEffect = 'empty' | 'again' | 'registration' | 'nothing' | 'banned' | 'ours' | 'configuration'

export interface ErrorCode {
  /** The document's words. */
  readonly says: string
  readonly effect: CodeEffect
  /**
   * For `nothing` and `banned`: the notice for the panel; for `configuration`: the setting that the operator should
   * check.
   */
  readonly hint?: string
}

export const ERROR_CODES: Readonly<Record<string, ErrorCode>> = {
  1: { says: 'JSON or Transport error', effect: 'again' },
  2: { says: 'Publisher ID Invalid', effect: 'configuration', hint: 'check pub_id' },
  3: { says: 'User is Banned', effect: 'banned', hint: 'the provider has banned this panelist' },
  4: { says: 'User ID Invalid', effect: 'ours' },
  5: { says: 'Required Parameters Missing', effect: 'ours' },
  6: { says: 'Program Invalid', effect: 'configuration', hint: 'check program_id' },
  7: {
    says: 'User IP Did Not Match Specified Country',
    effect: 'nothing',
    hint: 'user_ip is not an address of the panelist’s country',
  },
  8: { says: 'Failed Registration on #dob#', effect: 'nothing', hint: 'a valid date_of_birth is required' },
  9: { says: 'User Profile required', effect: 'registration' },
  10: { says: 'Invalid iv or Payload', effect: 'configuration', hint: 'check security_key and pub_id' },
  11: { says: 'No Surveys found for user', effect: 'empty' },
  12: { says: 'Error Calling Matching Service', effect: 'again' },
}

/** A code that the document does not list: retried within limits, because it may be temporary, and reported. */
export const UNKNOWN_CODE: ErrorCode = { says: 'a code that the document does not know', effect: 'again' }
