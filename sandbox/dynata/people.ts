/** What the simulated provider knows of a publisher's user. */
export interface Person {
  endUser: string
  /** Alpha-2. */
  country: string
  dob: string
  sex: string | null
  postal: string | null
  banned: boolean
}

/** Registered users by publisher and end user. */
export class People {
  readonly #known = new Map<string, Person>()
  readonly #banned = new Set<string>()

  find(endUser: string): Person | null {
    return this.#known.get(endUser) ?? null
  }

  isBanned(endUser: string): boolean {
    return this.#banned.has(endUser)
  }

  ban(endUser: string, banned: boolean): void {
    if (banned) this.#banned.add(endUser)
    else this.#banned.delete(endUser)
  }

  forget(endUser: string): void {
    this.#known.delete(endUser)
  }

  all(): Person[] {
    return [...this.#known.values()]
  }

  /** Registers a user, or stores a newer profile. @returns the error code of a registration that fails */
  register(endUser: string, profile: Readonly<Record<string, unknown>>): number | null {
    const { dob, sex, cc, postal } = profile
    if (typeof dob !== 'string' || !isBirthday(dob)) return 8
    if (sex !== undefined && sex !== 1 && sex !== 2) return 5
    if (postal !== undefined && typeof postal !== 'string' && typeof postal !== 'number') return 5
    if (typeof cc !== 'string' || !/^[A-Z]{2}$/.test(cc)) return 5
    this.#known.set(endUser, {
      endUser,
      country: cc,
      dob,
      sex: sex === undefined ? null : String(sex),
      postal: postal === undefined ? null : String(postal),
      banned: false,
    })
    return null
  }
}

function isBirthday(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) && at.getTime() < Date.now()
}

/** Full years on a day. */
export function ageAt(dob: string, now: Date): number {
  const [year = 0, month = 1, day = 1] = dob.split('-').map(Number)
  const before = now.getUTCMonth() + 1 < month || (now.getUTCMonth() + 1 === month && now.getUTCDate() < day)
  return now.getUTCFullYear() - year - (before ? 1 : 0)
}
