/**
 * A value as panels send it: a code, a number, several of either, or codes joined by "|" (Kantar Gateway API: pets
 * "1|2|4|7").
 */
export type ProfileValue = string | number | readonly (string | number)[]
export type Profile = Readonly<Record<string, ProfileValue>>

/** A panelist in a match. The profile has canonical attribute names, or a provider's own such as `toluna:1001033`. */
export interface Panelist {
  readonly panelistId: string
  /** ISO 3166-1 alpha-3. */
  readonly country: string
  readonly locale: string | null
  /** YYYY-MM-DD; `age` is computed from it on the day of the match. */
  readonly dateOfBirth: string | null
  readonly profile: Profile
}

/** The panelist's data that a session stores until its entry is open. */
export type PanelistSnapshot = Pick<Panelist, 'dateOfBirth' | 'profile'>

/** The single values of a profile entry: pipe-joined codes are split, numbers become text, blanks are no answer. */
export function valuesOf(value: ProfileValue): string[] {
  const list = Array.isArray(value) ? value : [value]
  return list
    .flatMap((item) => (typeof item === 'string' ? item.split('|') : [String(item)]))
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/**
 * Full years between a date of birth (YYYY-MM-DD) and today, both taken in UTC; null when the date is impossible or in
 * the future.
 */
export function ageOn(dateOfBirth: string, today: Date): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(dateOfBirth)
  if (!match) return null
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const born = new Date(Date.UTC(year, month - 1, day))
  if (born.getUTCMonth() !== month - 1 || born.getUTCDate() !== day) return null
  const before =
    today.getUTCMonth() + 1 < month || (today.getUTCMonth() + 1 === month && today.getUTCDate() < day) ? 1 : 0
  const age = today.getUTCFullYear() - year - before
  return age < 0 ? null : age
}
