import type { Clause } from '../../domain/survey.js'
import { foldForPrefix } from '../../domain/targeting/clause.js'
import type { GivenValues } from '../../domain/targeting/expand.js'
import { type Bits, emptyBits, intersect, setBit, unite } from './bits.js'

/**
 * The slots that one answer satisfies: as bits when they are many (then including the unconstrained slots), else a
 * list.
 */
type Element = { kind: 'bits'; bits: Bits } | { kind: 'list'; slots: number[] }

/** Beyond this many distinct bounds there are no segments: ranges are checked slot by slot. */
export const MOST_BOUNDS = 512

/**
 * One attribute that many surveys constrain, with at most one clause per slot. Stores, for each answer and for each
 * elementary segment of the number line between the ranges' bounds, the set of slots that it satisfies.
 */
export class AttributeBits {
  /** Slots that stay although no value hits: they have no clause here, or the provider truncated their list. */
  private readonly missing: Bits
  /** Slots that stay when the attribute is unknown: they have no clause here, or the provider asks it itself. */
  private readonly unknown: Bits
  private readonly answers = new Map<string, Element>()
  private readonly prefixes = new Map<string, Element>()
  private longestPrefix = 0
  private readonly segments: Element[]
  private readonly scratch: Bits
  private sealed = false

  /** @param bounds every `from` and `to` of the ranges, ascending, each once */
  constructor(
    private readonly words: number,
    private readonly bounds: Float64Array,
  ) {
    this.missing = emptyBits(words)
    this.unknown = emptyBits(words)
    this.scratch = emptyBits(words)
    // one segment per bound and one per gap between two bounds; a number outside satisfies no range
    this.segments = Array.from({ length: Math.max(0, bounds.length * 2 - 1) }, () => ({ kind: 'list', slots: [] }))
  }

  /** Adds a slot without a clause on this attribute. */
  placeFree(slot: number): void {
    setBit(this.unknown, slot)
    this.placeMissing(slot)
  }

  /**
   * Adds a slot with this clause. False = a bound of the clause falls inside a segment, and nothing was changed: the
   * caller calls `placeFree` and checks the clause separately.
   */
  place(slot: number, clause: Clause): boolean {
    const ranges = (clause.ranges ?? []).filter(({ from, to }) => from <= to)
    const spans = ranges.map(({ from, to }) => [this.positionOfBound(from), this.positionOfBound(to)] as const)
    if (spans.some(([from, to]) => from === null || to === null)) return false
    const touched = new Set<Element>()
    for (const [from, to] of spans) {
      for (let segment = from ?? 0; segment <= (to ?? -1); segment++) {
        const element = this.segments[segment]
        if (element) touched.add(element)
      }
    }
    for (const answer of clause.answers ?? []) touched.add(elementOf(this.answers, answer))
    for (const prefix of (clause.prefixes ?? []).map(foldForPrefix)) {
      if (prefix === '') continue
      this.longestPrefix = Math.max(this.longestPrefix, prefix.length)
      touched.add(elementOf(this.prefixes, prefix))
    }
    for (const element of touched) addTo(element, slot)
    if (clause.routable === true) setBit(this.unknown, slot)
    if (clause.truncated === true) this.placeMissing(slot)
    return true
  }

  /** Call after the first slots are placed: turns long lists into bits. Slots may still be added. */
  seal(): void {
    const dense = (element: Element): Element => {
      if (element.kind === 'bits' || element.slots.length * 4 < this.words) return element
      const bits = this.missing.slice()
      for (const slot of element.slots) setBit(bits, slot)
      return { kind: 'bits', bits }
    }
    for (const [answer, element] of this.answers) this.answers.set(answer, dense(element))
    for (const [prefix, element] of this.prefixes) this.prefixes.set(prefix, dense(element))
    for (const [position, element] of this.segments.entries()) this.segments[position] = dense(element)
    this.sealed = true
  }

  /** Removes from `slots` those whose clause certainly fails. */
  restrict(slots: Bits, given: GivenValues | undefined): void {
    if (given === undefined) {
      intersect(slots, this.unknown)
      return
    }
    const only = this.onlyElement(given)
    if (only !== undefined && (only === null || only.kind === 'bits')) {
      intersect(slots, only === null ? this.missing : only.bits)
      return
    }
    this.scratch.set(this.missing)
    this.eachElement(given, (element) => {
      if (element.kind === 'bits') unite(this.scratch, element.bits)
      else for (const slot of element.slots) setBit(this.scratch, slot)
    })
    intersect(slots, this.scratch)
  }

  /** The one element that a single value hits; null = none; undefined = there may be several. */
  private onlyElement(given: GivenValues): Element | null | undefined {
    if (given.values.length !== 1 || this.prefixes.size > 0) return undefined
    const answer = this.answers.get(given.values[0] ?? '')
    const number = given.numbers[0]
    const segment = number === undefined || this.segments.length === 0 ? undefined : this.segmentOf(number)
    if (answer !== undefined && segment !== undefined) return undefined
    return answer ?? segment ?? null
  }

  private eachElement(given: GivenValues, visit: (element: Element) => void): void {
    for (const value of given.values) {
      const element = this.answers.get(value)
      if (element) visit(element)
      if (this.prefixes.size > 0) eachPrefix(this.prefixes, value, this.longestPrefix, visit)
    }
    if (this.segments.length === 0) return
    for (const number of given.numbers) {
      const segment = this.segmentOf(number)
      if (segment) visit(segment)
    }
  }

  private segmentOf(number: number): Element | undefined {
    const next = firstAtLeast(this.bounds, number)
    if (next === this.bounds.length) return undefined
    if (this.bounds[next] === number) return this.segments[next * 2]
    return next === 0 ? undefined : this.segments[next * 2 - 1]
  }

  private positionOfBound(bound: number): number | null {
    const position = firstAtLeast(this.bounds, bound)
    return this.bounds[position] === bound ? position * 2 : null
  }

  private placeMissing(slot: number): void {
    setBit(this.missing, slot)
    if (!this.sealed) return
    const add = (element: Element): void => {
      if (element.kind === 'bits') setBit(element.bits, slot)
    }
    for (const element of this.answers.values()) add(element)
    for (const element of this.prefixes.values()) add(element)
    for (const element of this.segments) add(element)
  }
}

/** Looks up every prefix of a value, instead of scanning the surveys' lists of prefixes. */
export function eachPrefix<T>(kept: ReadonlyMap<string, T>, value: string, longest: number, visit: (one: T) => void) {
  const folded = foldForPrefix(value)
  for (let length = 1; length <= folded.length && length <= longest; length++) {
    const found = kept.get(folded.slice(0, length))
    if (found !== undefined) visit(found)
  }
}

function elementOf(elements: Map<string, Element>, key: string): Element {
  let element = elements.get(key)
  if (element === undefined) {
    element = { kind: 'list', slots: [] }
    elements.set(key, element)
  }
  return element
}

function addTo(element: Element, slot: number): void {
  if (element.kind === 'bits') setBit(element.bits, slot)
  else element.slots.push(slot)
}

/** The first position whose value is not below `number`; the length when there is none. */
function firstAtLeast(sorted: Float64Array, number: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < number) low = middle + 1
    else high = middle
  }
  return low
}
