import type { Survey } from '../../domain/survey.js'
import { MOST_BOUNDS } from './attribute-bits.js'

/** Stores attributes that at least this share of the surveys constrain as sets of slots, the others as lists. */
const COMMON_SHARE = 0.04
/** Lists cannot hold ranges, so for attributes with ranges a smaller share is enough. */
const COMMON_SHARE_OF_NUMBERS = 0.01

export interface PlannedAttribute {
  readonly attribute: string
  /** The distinct bounds of the ranges on it, ascending; empty when there are more than `MOST_BOUNDS`. */
  readonly bounds: Float64Array
}

/** Chooses the attributes of a country that are worth a set of slots for each of their answers. */
export function planAttributes(surveys: readonly Survey[]): PlannedAttribute[] {
  const seen = new Map<string, { surveys: number; bounds: Set<number> }>()
  for (const { clauses } of surveys) {
    for (const attribute of new Set(clauses.map((clause) => clause.attribute))) {
      const counted = seen.get(attribute)
      if (counted) counted.surveys++
      else seen.set(attribute, { surveys: 1, bounds: new Set() })
    }
    for (const { attribute, ranges = [] } of clauses) {
      for (const { from, to } of ranges) {
        // a range that ends before it begins never holds and adds no bounds
        if (from <= to) seen.get(attribute)?.bounds.add(from).add(to)
      }
    }
  }
  return [...seen]
    .filter(([, { surveys: count, bounds }]) => {
      return count >= surveys.length * (bounds.size > 0 ? COMMON_SHARE_OF_NUMBERS : COMMON_SHARE)
    })
    .sort(([, one], [, other]) => other.surveys - one.surveys)
    .map(([attribute, { bounds }]) => ({ attribute, bounds: sorted(bounds) }))
}

function sorted(bounds: ReadonlySet<number>): Float64Array {
  return bounds.size > MOST_BOUNDS ? new Float64Array(0) : Float64Array.from(bounds).sort()
}
