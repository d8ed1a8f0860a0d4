import type { Clause } from '../../domain/survey.js'
import { foldForPrefix } from '../../domain/targeting/clause.js'
import type { GivenValues } from '../../domain/targeting/expand.js'
import { eachPrefix } from './attribute-bits.js'

interface Postings {
  readonly answers: Map<string, number[]>
  readonly prefixes: Map<string, number[]>
  longestPrefix: number
}

/**
 * The attributes that few surveys constrain: answer -> slots, and a count of hits per slot, which must reach the number
 * of clauses of the slot (Whang et al. 2009). The cost of a match depends only on the hits of the panelist's answers.
 */
export class PostingLists {
  private readonly attributes = new Map<number, Postings>()
  /** The number of clauses of a slot in these lists. */
  private readonly needed: Uint8Array
  private readonly hits: Uint8Array
  /** The match in which `hits` was last counted, so that matches need not clear it. */
  private readonly countedIn: Uint32Array
  /** The clause that a slot was last counted for, because several values of one attribute count once. */
  private readonly countedFor: Uint32Array
  private match = 0
  private clause = 0

  constructor(capacity: number) {
    this.needed = new Uint8Array(capacity)
    this.hits = new Uint8Array(capacity)
    this.countedIn = new Uint32Array(capacity)
    this.countedFor = new Uint32Array(capacity)
  }

  /** True when a clause can be listed: not with ranges, not if it can be a maybe, not the 256th clause of a survey. */
  accepts(slot: number, clause: Clause): boolean {
    if (clause.routable === true || clause.truncated === true) return false
    return !clause.ranges?.length && (this.needed[slot] ?? 0) < 255
  }

  place(slot: number, attribute: number, clause: Clause): void {
    let postings = this.attributes.get(attribute)
    if (postings === undefined) {
      postings = { answers: new Map(), prefixes: new Map(), longestPrefix: 0 }
      this.attributes.set(attribute, postings)
    }
    for (const answer of new Set(clause.answers ?? [])) append(postings.answers, answer, slot)
    for (const prefix of new Set((clause.prefixes ?? []).map(foldForPrefix))) {
      if (prefix === '') continue
      postings.longestPrefix = Math.max(postings.longestPrefix, prefix.length)
      append(postings.prefixes, prefix, slot)
    }
    this.needed[slot] = (this.needed[slot] ?? 0) + 1
  }

  begin(): void {
    if (++this.match < 0xffff_ffff) return
    this.countedIn.fill(0)
    this.match = 1
  }

  /** Counts the hits of the values of one attribute. Call once per attribute and match. */
  count(attribute: number, given: GivenValues): void {
    const postings = this.attributes.get(attribute)
    if (postings === undefined) return
    if (++this.clause === 0xffff_ffff) {
      this.countedFor.fill(0)
      this.clause = 1
    }
    for (const value of given.values) {
      const listed = postings.answers.get(value)
      if (listed !== undefined) this.countSlots(listed)
      if (postings.prefixes.size > 0) {
        eachPrefix(postings.prefixes, value, postings.longestPrefix, (slots) => this.countSlots(slots))
      }
    }
  }

  /** True when this match hit every clause of the slot in these lists. */
  satisfied(slot: number): boolean {
    const needed = this.needed[slot]
    return needed === 0 || (this.countedIn[slot] === this.match && this.hits[slot] === needed)
  }

  private countSlots(slots: readonly number[]): void {
    const { countedFor, countedIn, hits, clause, match } = this
    for (const slot of slots) {
      if (countedFor[slot] === clause) continue
      countedFor[slot] = clause
      if (countedIn[slot] === match) {
        hits[slot] = (hits[slot] ?? 0) + 1
      } else {
        countedIn[slot] = match
        hits[slot] = 1
      }
    }
  }
}

function append(lists: Map<string, number[]>, key: string, slot: number): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [slot])
  else list.push(slot)
}
