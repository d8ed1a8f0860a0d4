import type { Clause } from '../survey.js'
import type { ExpandedProfile, GivenValues } from './expand.js'
import type { Verdict } from './verdict.js'

/**
 * Whether one clause holds (docs/matching.md, Words): the attribute is known and any value is in `answers`, in `ranges`
 * (both ends included), or starts with one of `prefixes`. Unknown is no, or maybe where the provider asks the question
 * itself (`routable`); a miss on a list that the provider truncated (`truncated`) is maybe.
 */
export function evaluateClause(clause: Clause, profile: ExpandedProfile): Verdict {
  const given = profile.get(clause.attribute)
  if (given === undefined || given.values.length === 0) return clause.routable === true ? 'maybe' : 'no'
  if (clauseHits(clause, given)) return 'yes'
  return clause.truncated === true ? 'maybe' : 'no'
}

function clauseHits(clause: Clause, given: GivenValues): boolean {
  if (clause.answers?.some((answer) => given.values.includes(answer))) return true
  if (clause.ranges?.some(({ from, to }) => given.numbers.some((number) => from <= number && number <= to))) return true
  if (clause.prefixes === undefined) return false
  const starts = clause.prefixes.map(foldForPrefix).filter((prefix) => prefix !== '')
  return given.values.map(foldForPrefix).some((value) => starts.some((start) => value.startsWith(start)))
}

/** Removes blanks and case, because postal codes are written in both ways: "sw1a 1aa" starts with "SW1A1". */
export function foldForPrefix(text: string): string {
  return text.replace(/\s+/g, '').toUpperCase()
}
