import type { Clause, NumberRange } from '../../domain/survey.js'
import { foldForPrefix } from '../../domain/targeting/clause.js'
import type { GivenValues } from '../../domain/targeting/expand.js'
import { eachPrefix } from './attribute-bits.js'

interface Predicate {
  readonly attribute: number
  readonly answers: ReadonlySet<string> | null
  readonly ranges: readonly NumberRange[]
  readonly prefixes: ReadonlyMap<string, true> | null
  readonly longestPrefix: number
  readonly routable: boolean
  readonly truncated: boolean
}

/** Verdicts as numbers, so that the weakest of several is their minimum. */
export const NO = 0
export const MAYBE = 1
export const YES = 2

/**
 * Clauses that are checked one by one: those of quotas, and the few of surveys that no set of slots can tell. Equal
 * ones are kept once, and each is worked out at most once a match: quotas of many surveys ask for the same bands.
 */
export class Predicates {
  private readonly ids = new Map<string, number>()
  private readonly all: Predicate[] = []
  /** match * 4 + verdict + 1 of the last time a predicate was worked out. */
  private memo = new Float64Array(256)
  private match = 0

  /** The number of a clause on an attribute's number; equal clauses have the same. */
  intern(attribute: number, clause: Clause): number {
    const { answers = [], ranges = [], prefixes = [], routable = false, truncated = false } = clause
    const key = JSON.stringify([
      attribute,
      answers,
      ranges.map(({ from, to }) => `${from}:${to}`),
      prefixes,
      routable,
      truncated,
    ])
    const known = this.ids.get(key)
    if (known !== undefined) return known
    const folded = prefixes.map(foldForPrefix).filter((prefix) => prefix !== '')
    const id = this.all.length
    this.all.push({
      attribute,
      answers: answers.length > 0 ? new Set(answers) : null,
      ranges,
      prefixes: folded.length > 0 ? new Map(folded.map((prefix) => [prefix, true])) : null,
      longestPrefix: folded.reduce((longest, prefix) => Math.max(longest, prefix.length), 0),
      routable,
      truncated,
    })
    this.ids.set(key, id)
    if (id >= this.memo.length) {
      const grown = new Float64Array(this.memo.length * 2)
      grown.set(this.memo)
      this.memo = grown
    }
    return id
  }

  begin(): void {
    this.match++
  }

  /** NO, MAYBE or YES for what is given, by attribute number, in the match that `begin` opened. */
  evaluate(id: number, given: readonly (GivenValues | undefined)[]): number {
    const remembered = (this.memo[id] ?? 0) - this.match * 4
    if (remembered > 0) return remembered - 1
    const predicate = this.all[id]
    const verdict = predicate === undefined ? NO : workOut(predicate, given[predicate.attribute])
    this.memo[id] = this.match * 4 + verdict + 1
    return verdict
  }
}

function workOut(predicate: Predicate, given: GivenValues | undefined): number {
  if (given === undefined) return predicate.routable ? MAYBE : NO
  if (hits(predicate, given)) return YES
  return predicate.truncated ? MAYBE : NO
}

function hits({ answers, ranges, prefixes, longestPrefix }: Predicate, given: GivenValues): boolean {
  if (answers !== null) for (const value of given.values) if (answers.has(value)) return true
  for (const { from, to } of ranges) {
    for (const number of given.numbers) if (from <= number && number <= to) return true
  }
  let found = false
  if (prefixes !== null) {
    for (const value of given.values) {
      eachPrefix(prefixes, value, longestPrefix, () => {
        found = true
      })
    }
  }
  return found
}
