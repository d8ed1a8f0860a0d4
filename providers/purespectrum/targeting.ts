import type { Clause, NumberRange } from '../../domain/survey.js'
import type { WireCondition } from './wire.js'

/** Age; its numbers are years or they are nothing we can compare (seed 002 and 004: units 311 with 212). */
const AGE = '212'
const YEARS = 311

/**
 * One qualification or quota criterion (seed 004, qualifications and criteria): condition codes are OR within a code,
 * range sets overlap and are a union (G7). Codes and numbers stay in PureSpectrum's vocabulary.
 * @throws RangeError with the reason when it contradicts itself
 */
export function toClause(condition: WireCondition): Clause {
  const name = `qualification ${condition.qualification_code}`
  const answers = [...new Set(condition.condition_codes ?? [])]
  const sets = condition.range_sets ?? []
  if (answers.length > 0 && sets.length > 0) throw new RangeError(`${name}: condition codes and range sets at once`)
  if (answers.length === 0 && sets.length === 0) throw new RangeError(`${name}: no answer qualifies`)
  const attribute = `purespectrum:${condition.qualification_code}`
  if (answers.length > 0) return { attribute, answers }
  for (const { from, to, units } of sets) {
    if (from > to) throw new RangeError(`${name}: range ${from}-${to} is empty`)
    if (condition.qualification_code === AGE && units !== null && units !== YEARS) {
      throw new RangeError(`${name}: an age in units ${units} is not one in years (${YEARS})`)
    }
  }
  return { attribute, ranges: union(sets) }
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
