/** The document's Error Response Codes. */
export const CODES: Readonly<Record<number, string>> = {
  1: 'JSON or Transport error',
  2: 'Publisher ID Invalid',
  3: 'User is Banned',
  4: 'User ID Invalid',
  5: 'Required Parameters Missing',
  6: 'Program Invalid',
  7: 'User IP Did Not Match Specified Country',
  8: 'Failed Registration on #dob#',
  9: 'User Profile required',
  10: 'Invalid iv or Payload',
  11: 'No Surveys found for user',
  12: 'Error Calling Matching Service',
}

/** An error answer; its HTTP status is still 200. */
export function errorInfo(code: number): { errorInfo: { error: string; code: number; reset: null } } {
  return { errorInfo: { error: CODES[code] ?? 'Unknown error', code, reset: null } }
}
