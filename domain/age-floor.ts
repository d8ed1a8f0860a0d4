import { alpha2Of } from './country.js'
import type { VocabularyMapping } from './mapping.js'
import { ageOn, type PanelistSnapshot, type ProfileValue, valuesOf } from './panelist.js'

/** A provider's own question for the age, such as `toluna:1001538`, and what its answer codes mean. */
export interface AgeQuestion {
  readonly attribute: string
  /** Answer code -> age or band such as "13-17". Absent = the answers are ages. */
  readonly answers?: Readonly<Record<string, string>>
}

/** The result of the age floor for one panelist. */
export interface AgeFloorVerdict {
  /** In full years; null = unknown, and then the floor holds. */
  readonly age: number | null
  readonly minimumAge: number
  readonly holds: boolean
}

const AGE = /^(\d{1,3})(?:\.\d+)?(?:\s*-\s*\d{1,3}(?:\.\d+)?)?$/
const HOUR_MS = 3_600_000
/** The first time zone in which a day begins (UTC+14), and the last (UTC-12). */
const [FIRST_ZONE_MS, LAST_ZONE_MS] = [14 * HOUR_MS, 12 * HOUR_MS]

/**
 * Whether a panelist is old enough for surveys of a market (docs/configuration.md, "The age floor"). It applies when an
 * age is known: from `age`, a provider's own question for it, or a date of birth. Of several ages the lowest counts.
 * @param known the profiles of the request and of the store
 * @param country ISO 3166-1 alpha-3: a birthday begins when its day has begun in all time zones of the country
 * @param minimumAge in full years; 0 = no floor
 */
export function ageFloor(
  known: readonly PanelistSnapshot[],
  country: string,
  minimumAge: number,
  now: Date,
  questions: readonly AgeQuestion[],
): AgeFloorVerdict {
  const ages = known.flatMap((one) => [...statedAges(one, questions), ...birthAge(one, country, now)])
  const age = ages.length === 0 ? null : Math.min(...ages)
  return { age, minimumAge, holds: age === null || age >= minimumAge }
}

/** The age questions of all vocabularies, as a profile may name them. */
export function ageQuestionsOf(
  vocabularies: Iterable<{ readonly provider: string; readonly mapping: VocabularyMapping }>,
): AgeQuestion[] {
  return [...vocabularies].flatMap(({ provider, mapping }): AgeQuestion[] => {
    const mapped = mapping.attributes.age
    const own = mapping.identity ? [{ attribute: `${provider}:age` }] : []
    if (mapped === undefined) return own
    const { question, answers } = mapped
    return [...own, { attribute: `${provider}:${question}`, ...(answers === undefined ? {} : { answers }) }]
  })
}

function statedAges({ profile }: PanelistSnapshot, questions: readonly AgeQuestion[]): number[] {
  return [{ attribute: 'age' }, ...questions].flatMap(({ attribute, answers }: AgeQuestion) => {
    const value: ProfileValue | undefined = Object.hasOwn(profile, attribute) ? profile[attribute] : undefined
    if (value === undefined) return []
    return valuesOf(value).flatMap((word) => ageIn(answers?.[word] ?? word))
  })
}

/** "12", "12.5", or the lower end of a band such as "13-17". */
function ageIn(word: string): number[] {
  const years = AGE.exec(word)?.[1]
  return years === undefined ? [] : [Number(years)]
}

function birthAge({ profile, dateOfBirth }: PanelistSnapshot, country: string, now: Date): number[] {
  const inProfile = profile.date_of_birth === undefined ? [] : valuesOf(profile.date_of_birth)
  return [...inProfile, ...(dateOfBirth === null ? [] : [dateOfBirth])].flatMap((day) => ageBornOn(day, country, now))
}

function ageBornOn(day: string, country: string, now: Date): number[] {
  const youngest = ageOn(day, new Date(now.getTime() - LAST_ZONE_MS))
  const oldest = ageOn(day, new Date(now.getTime() + FIRST_ZONE_MS))
  // look up time zones on birthdays only
  const age = youngest === oldest ? youngest : ageOn(day, dayIn(country, now))
  if (age !== null) return [age]
  // born today in a country where it is still yesterday, or an invalid date
  return oldest === null ? [] : [oldest]
}

/** The current day in the time zone of the country in which days begin last, as its midnight in UTC. */
function dayIn(country: string, now: Date): Date {
  const days = zonesOf(country).map((timeZone) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(now))
  const [first] = days.sort()
  return first === undefined ? now : new Date(`${first}T00:00:00Z`)
}

/** The time zones of a country (Unicode CLDR, by way of Intl); none for an unknown code. */
function zonesOf(country: string): readonly string[] {
  const region = alpha2Of(country)
  if (region === null) return []
  const locale = new Intl.Locale('und', { region }) as Intl.Locale & {
    readonly timeZones?: readonly string[]
    getTimeZones?(): readonly string[]
  }
  return locale.getTimeZones?.() ?? locale.timeZones ?? []
}
