import type { Clause, Device, NumberRange } from '../../domain/survey.js'
import type { WireCondition, WireRange } from './wire.js'

/** Age, which a profile knows in full years. */
const AGE = '212'
const YEARS = 311
const MONTHS = 312
const MONTHS_A_YEAR = 12
/** The upper end of a range of ages that names none. */
const OLDEST_YEARS = 130
/** The upper end of any other such range: a range is stored as JSON, which has no infinity. */
const OPEN_END = 1_000_000_000

/** wiki 96927974, Device: the match knows the respondent's device, a profile does not. */
const DEVICE = '219'
const DEVICES: Readonly<Record<string, Device>> = { 111: 'desktop', 112: 'mobile', 113: 'tablet' }

/**
 * One qualification or quota criterion (Result, qualifications and criteria): condition codes are OR within a code,
 * range sets overlap and are a union. Codes and numbers stay in PureSpectrum's vocabulary; an age in months is one in
 * years.
 * @throws RangeError with the reason when it contradicts itself
 */
export function toClause(condition: WireCondition): Clause {
  const name = `qualification ${condition.qualification_code}`
  const answers = [...new Set(condition.condition_codes)]
  const sets = condition.range_sets
  if (answers.length > 0 && sets.length > 0) throw new RangeError(`${name}: both condition codes and range sets`)
  if (answers.length === 0 && sets.length === 0) throw new RangeError(`${name}: no answer qualifies`)
  const attribute = `purespectrum:${condition.qualification_code}`
  if (answers.length > 0) {
    // the provider itself asks for an unknown device: maybe, not no
    return { attribute, answers, ...(condition.qualification_code === DEVICE ? { routable: true } : {}) }
  }
  if (new Set(sets.map(({ units }) => units ?? YEARS)).size > 1)
    throw new RangeError(`${name}: ranges in several units`)
  const toRange = condition.qualification_code === AGE ? ageRange : openRange
  return { attribute, ranges: union(sets.map((set) => toRange(set, name))) }
}

/**
 * The devices that the survey's own qualifications admit; null = any. Codes without a known meaning are left out: those
 * devices cannot enter.
 * @throws RangeError when none is left
 */
export function toDevices(qualifications: readonly WireCondition[]): readonly Device[] | null {
  const asked = qualifications.filter(isDevice)
  if (asked.length === 0) return null
  const left = Object.entries(DEVICES).flatMap(([code, device]) =>
    asked.every(({ condition_codes: codes }) => codes.includes(code)) ? [device] : [],
  )
  if (left.length === 0) throw new RangeError(`qualification ${DEVICE}: no known device qualifies`)
  return left.length === Object.keys(DEVICES).length ? null : left
}

/** True for a qualification on the device. */
export function isDevice({ qualification_code: code }: WireCondition): boolean {
  return code === DEVICE
}

/** Both ends in full years: 216 to 420 months are 18 to 35 years. */
function ageRange({ from, to, units }: WireRange, name: string): NumberRange {
  if (units !== null && units !== YEARS && units !== MONTHS) {
    throw new RangeError(`${name}: an age in units ${units} is in neither years (${YEARS}) nor months (${MONTHS})`)
  }
  const inYear = units === MONTHS ? MONTHS_A_YEAR : 1
  const years = openRange({ from, to, units }, name, OLDEST_YEARS * inYear)
  if (inYear === 1) return years
  const whole = { from: Math.ceil(years.from / inYear), to: Math.floor(years.to / inYear) }
  if (whole.from > whole.to) throw new RangeError(`${name}: ${years.from}-${years.to} months hold no full year`)
  return whole
}

/** A null end is open; a range without both ends is refused, so that it admits no respondent. */
function openRange({ from, to }: WireRange, name: string, end = OPEN_END): NumberRange {
  if (from === null && to === null) throw new RangeError(`${name}: a range without an end`)
  const range = { from: from ?? 0, to: to ?? Math.max(end, from ?? 0) }
  if (range.from > range.to) throw new RangeError(`${name}: range ${range.from}-${range.to} is empty`)
  return range
}

/** 25-35, 18-24 and 26-35 are 18-35: overlapping ranges, and whole numbers that follow each other, become one. */
function union(sets: readonly NumberRange[]): NumberRange[] {
  const sorted = [...sets].sort((one, other) => one.from - other.from)
  const merged: { from: number; to: number }[] = []
  for (const { from, to } of sorted) {
    const last = merged.at(-1)
    const follows = last !== undefined && Number.isInteger(last.to) && Number.isInteger(from) && from === last.to + 1
    if (last !== undefined && (from <= last.to || follows)) last.to = Math.max(last.to, to)
    else merged.push({ from, to })
  }
  return merged
}
