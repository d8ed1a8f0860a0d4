import type { Clause, NumberRange } from '../../domain/survey.js'
import { foldForPrefix } from '../../domain/targeting/clause.js'
import type { GivenValues } from '../../domain/targeting/expand.js'
import { eachPrefix } from './attribute-bits.js'
import { IntegerList, NumberList } from './lists.js'

/** Verdicts as numbers, so that the weakest of several is their minimum. */
export const NO = 0
export const MAYBE = 1
export const YES = 2

/** The kinds of predicates. Most are one range, or some of an attribute's first answers: one comparison each. */
const RANGE = 1
const MASK = 2
const OTHER = 3

/** The number of answers of an attribute that have their own bit, in two words. */
const MASKED_ANSWERS = 64

/** Some answers of one attribute, a bit each, in two words. */
interface AnswerBits {
  readonly low: number
  readonly high: number
}
const NO_BITS: AnswerBits = { low: 0, high: 0 }
const NO_RANGE: NumberRange = { from: 0, to: 0 }

interface OtherPredicate {
  readonly attribute: number
  readonly answers: ReadonlySet<string> | null
  readonly ranges: readonly NumberRange[]
  readonly prefixes: ReadonlyMap<string, true> | null
  readonly longestPrefix: number
  readonly routable: boolean
  readonly truncated: boolean
}

/** One attribute: the bits of its answers, and the values given in the current match. */
interface AttributeState {
  readonly bits: Map<string, number>
  given: GivenValues | undefined
}

/**
 * Clauses that are checked one by one: those of quotas, and the few of surveys that no set of slots can hold. Stores
 * equal clauses once, because quotas of many surveys use the same bands.
 */
export class Predicates {
  private readonly ids = new Map<string, number>()
  private readonly kinds = new IntegerList()
  private readonly attributeOf = new IntegerList()
  private readonly from = new NumberList()
  private readonly to = new NumberList()
  private readonly low = new IntegerList()
  private readonly high = new IntegerList()
  private readonly others: (OtherPredicate | undefined)[] = []
  /** Cache of predicates of the kind OTHER: match * 4 + verdict + 1 of the last evaluation. */
  private readonly memo = new NumberList()
  private match = 0

  private readonly attributes: AttributeState[] = []
  /** Per attribute, for the current match: the bits of the given answers, in two words. */
  private givenLow = new Int32Array(64)
  private givenHigh = new Int32Array(64)
  /** Per attribute: the only given number; NaN when there is none, or several (then ranges are evaluated in full). */
  private givenNumber = new Float64Array(64)
  private severalNumbers = new Uint8Array(64)
  private readonly answered: number[] = []

  /** Returns the id of a clause on an attribute; equal clauses have the same id. */
  intern(attribute: number, clause: Clause): number {
    const { answers = [], ranges = [], prefixes = [], routable = false, truncated = false } = clause
    const plain = !routable && !truncated && prefixes.length === 0
    const [only] = ranges
    if (plain && only !== undefined && ranges.length === 1 && answers.length === 0) {
      return this.numberOf(`${attribute}:${only.from}:${only.to}`, RANGE, attribute, only, NO_BITS, clause)
    }
    const bits = plain && ranges.length === 0 ? this.bitsOf(this.stateOf(attribute), answers) : null
    if (bits !== null)
      return this.numberOf(`${attribute}=${bits.low}|${bits.high}`, MASK, attribute, NO_RANGE, bits, clause)
    const spans = ranges.map(({ from, to }) => `${from}:${to}`)
    const key = JSON.stringify([attribute, answers, spans, prefixes, routable, truncated])
    return this.numberOf(key, OTHER, attribute, NO_RANGE, NO_BITS, clause)
  }

  private numberOf(
    key: string,
    kind: number,
    attribute: number,
    range: NumberRange,
    bits: AnswerBits,
    clause: Clause,
  ): number {
    const known = this.ids.get(key)
    if (known !== undefined) return known
    const id = this.kinds.length
    this.ids.set(key, id)
    this.stateOf(attribute)
    this.kinds.push(kind)
    this.attributeOf.push(attribute)
    this.from.push(range.from)
    this.to.push(range.to)
    this.low.push(bits.low)
    this.high.push(bits.high)
    this.memo.push(0)
    // several given numbers need the full evaluation of a range
    this.others.push(kind === MASK ? undefined : compile(attribute, clause))
    return id
  }

  /** Starts a match. */
  begin(): void {
    this.match++
    for (const attribute of this.answered) {
      const state = this.attributes[attribute]
      if (state !== undefined) state.given = undefined
      this.givenLow[attribute] = 0
      this.givenHigh[attribute] = 0
      this.givenNumber[attribute] = Number.NaN
      this.severalNumbers[attribute] = 0
    }
    this.answered.length = 0
  }

  /** Sets the given values of an attribute for the current match. */
  give(attribute: number, given: GivenValues): void {
    const state = this.attributes[attribute]
    if (state === undefined) return
    this.answered.push(attribute)
    state.given = given
    for (const value of given.values) {
      const bit = state.bits.get(value)
      if (bit === undefined) continue
      if (bit < 32) this.givenLow[attribute] = (this.givenLow[attribute] ?? 0) | (1 << bit)
      else this.givenHigh[attribute] = (this.givenHigh[attribute] ?? 0) | (1 << (bit - 32))
    }
    const { numbers } = given
    if (numbers.length === 1) this.givenNumber[attribute] = numbers[0] ?? Number.NaN
    else if (numbers.length > 1) this.severalNumbers[attribute] = 1
  }

  /** NO, MAYBE or YES in the current match. */
  evaluate(id: number): number {
    const kind = this.kinds.at(id)
    const attribute = this.attributeOf.at(id)
    if (kind === RANGE && this.severalNumbers[attribute] === 0) {
      const number = this.givenNumber[attribute] ?? Number.NaN
      return this.from.at(id) <= number && number <= this.to.at(id) ? YES : NO
    }
    if (kind === MASK) {
      const low = this.low.at(id) & (this.givenLow[attribute] ?? 0)
      const high = this.high.at(id) & (this.givenHigh[attribute] ?? 0)
      return (low | high) === 0 ? NO : YES
    }
    const remembered = this.memo.at(id) - this.match * 4
    if (remembered > 0) return remembered - 1
    const other = this.others[id]
    const verdict = other === undefined ? NO : workOut(other, this.attributes[attribute]?.given)
    this.memo.replace(id, this.match * 4 + verdict + 1)
    return verdict
  }

  private stateOf(attribute: number): AttributeState {
    for (let number = this.attributes.length; number <= attribute; number++) {
      this.attributes.push({ bits: new Map(), given: undefined })
      if (number >= this.givenLow.length) this.grow()
      this.givenNumber[number] = Number.NaN
    }
    const state = this.attributes[attribute]
    if (state === undefined) throw new RangeError(`attribute number ${attribute} is not a natural number`)
    return state
  }

  private grow(): void {
    const length = this.givenLow.length * 2
    const grown = <T extends { set(from: T): void }>(into: T, from: T): T => {
      into.set(from)
      return into
    }
    this.givenLow = grown(new Int32Array(length), this.givenLow)
    this.givenHigh = grown(new Int32Array(length), this.givenHigh)
    this.givenNumber = grown(new Float64Array(length), this.givenNumber)
    this.severalNumbers = grown(new Uint8Array(length), this.severalNumbers)
  }

  /** The bits of answers; assigns bits to new ones. Null when the attribute has more answers than bits. */
  private bitsOf({ bits }: AttributeState, answers: readonly string[]): AnswerBits | null {
    let low = 0
    let high = 0
    if (answers.length > MASKED_ANSWERS) return null
    for (const answer of answers) {
      let bit = bits.get(answer)
      if (bit === undefined) {
        if (bits.size === MASKED_ANSWERS) return null
        bit = bits.size
        bits.set(answer, bit)
      }
      if (bit < 32) low |= 1 << bit
      else high |= 1 << (bit - 32)
    }
    return { low, high }
  }
}

function compile(attribute: number, clause: Clause): OtherPredicate {
  const { answers = [], ranges = [], prefixes = [], routable = false, truncated = false } = clause
  const folded = prefixes.map(foldForPrefix).filter((prefix) => prefix !== '')
  return {
    attribute,
    answers: answers.length > 0 ? new Set(answers) : null,
    ranges,
    prefixes: folded.length > 0 ? new Map(folded.map((prefix) => [prefix, true])) : null,
    longestPrefix: folded.reduce((longest, prefix) => Math.max(longest, prefix.length), 0),
    routable,
    truncated,
  }
}

function workOut(predicate: OtherPredicate, given: GivenValues | undefined): number {
  if (given === undefined) return predicate.routable ? MAYBE : NO
  if (hits(predicate, given)) return YES
  return predicate.truncated ? MAYBE : NO
}

function hits({ answers, ranges, prefixes, longestPrefix }: OtherPredicate, given: GivenValues): boolean {
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
