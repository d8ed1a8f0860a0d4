import { finishTime } from '../../domain/eligibility/rules/finish-date.js'
import { excludedByGroup, type TakenSurvey } from '../../domain/grouping.js'
import type { Money } from '../../domain/money.js'
import { mayTakePart, type PastSession } from '../../domain/participation.js'
import type { Clause, Device } from '../../domain/survey.js'
import type { ExpandedProfile, GivenValues } from '../../domain/targeting/expand.js'
import { surveyRemaining } from '../../domain/targeting/remaining.js'
import type { Verdict } from '../../domain/targeting/verdict.js'
import { groupKey, type IndexedSurvey } from '../entry.js'
import { AttributeBits } from './attribute-bits.js'
import { planAttributes } from './attribute-plan.js'
import { type Bits, clearBit, emptyBits, setBit } from './bits.js'
import { IntegerList } from './lists.js'
import { Matches } from './matches.js'
import { PostingLists } from './posting-lists.js'
import { MAYBE, NO, Predicates, YES } from './predicates.js'
import { RuleBits } from './rule-bits.js'
import { BY_EVALUATION, chooseByEvaluation, SlotQuotas } from './slot-quotas.js'

export interface MatchQuery {
  /** ISO 3166-1 alpha-3. */
  readonly country: string
  /** Null restricts nothing. */
  readonly locale: string | null
  /** Null restricts nothing. */
  readonly device: Device | null
  /** The panelist's panel; null restricts nothing. */
  readonly panel: string | null
  readonly now: Date
  readonly profile: ExpandedProfile
  /** Connections that may be offered; null = all. */
  readonly connections: readonly string[] | null
  /** Survey ids that are not offered again. */
  readonly excludedSurveys: ReadonlySet<string>
  /** Groups (`groupKey`) of which none is offered again. */
  readonly excludedGroups: ReadonlySet<string>
  /** Surveys that the panelist took; excludes others of the same groups for `exclusionDays`. */
  readonly taken?: readonly TakenSurvey[]
  /** The panelist's earlier sessions at connections whose provider has participation rules. */
  readonly past?: readonly PastSession[]
}

/** The rank of a survey among the matches; highest first. */
export type Score = (indexed: IndexedSurvey, price: Money, verdict: Verdict) => number

/** Spare slots for surveys added after the build, as a share of those it was built with. */
const SPARE_SHARE = 0.25
const LEAST_SPARE = 256

/**
 * The surveys of one country as sets of slots. A match intersects the sets of the attributes that many surveys
 * constrain, counts hits on the lists of the others, and checks quotas and odd clauses only of the remaining slots.
 * Slots are never reused: a survey whose conditions change takes a new one at the end. When no slot is left, the owner
 * rebuilds the index.
 */
export class CountryIndex {
  private readonly capacity: number
  /** Spare slots for surveys added after the build. */
  readonly spare: number
  private length = 0
  private readonly surveys: (IndexedSurvey | undefined)[] = []
  private readonly surveyIds: string[] = []
  private readonly live: Bits
  private readonly remaining: Float64Array
  private readonly finish: Float64Array
  /** Per slot: its score at the survey's own price for a certain match, which most hits are. */
  private readonly usualScore: Float64Array
  /** Per slot: 1 when none of its quotas has a price of its own. */
  private readonly onePrice: Uint8Array
  /** Per slot: 1 when its survey has qualifications that the provider does not list. */
  private readonly hidden: Uint8Array
  private readonly rules: RuleBits
  /** By attribute number: those that many surveys constrain. */
  private readonly common: (AttributeBits | undefined)[] = []
  private readonly commonNumbers: number[] = []
  private readonly rare: PostingLists
  private readonly predicates = new Predicates()
  private readonly quotas: SlotQuotas
  /** Per slot: clauses to check one by one, in `oddIds`. */
  private readonly oddStarts: Int32Array
  private readonly oddCounts: Int32Array
  private readonly oddIds = new IntegerList()
  private readonly numbers = new Map<string, number>()
  /** By attribute number, for the current match. */
  private readonly given: (GivenValues | undefined)[] = []

  /**
   * Creates an empty index.
   * @param surveys the surveys to plan for; add them best first, so that the hits of a match come nearly in order
   */
  constructor(
    surveys: readonly IndexedSurvey[],
    private readonly score: Score,
  ) {
    this.capacity = Math.ceil((surveys.length + Math.max(LEAST_SPARE, surveys.length * SPARE_SHARE)) / 32) * 32
    this.spare = this.capacity - surveys.length
    const words = this.capacity / 32
    this.live = emptyBits(words)
    this.remaining = new Float64Array(this.capacity)
    this.finish = new Float64Array(this.capacity)
    this.usualScore = new Float64Array(this.capacity)
    this.onePrice = new Uint8Array(this.capacity)
    this.hidden = new Uint8Array(this.capacity)
    this.oddStarts = new Int32Array(this.capacity)
    this.oddCounts = new Int32Array(this.capacity)
    this.rare = new PostingLists(this.capacity)
    this.quotas = new SlotQuotas(this.capacity, this.predicates, (attribute) => this.numberOf(attribute))
    const plan = planAttributes(surveys.map(({ entry }) => entry.survey))
    this.rules = new RuleBits(words)
    for (const { attribute, bounds } of plan) {
      const number = this.numberOf(attribute)
      this.common[number] = new AttributeBits(words, bounds)
      this.commonNumbers.push(number)
    }
  }

  /** The number of free slots. */
  get room(): number {
    return this.capacity - this.length
  }

  /** Call after adding the planned surveys: turns long lists of slots into bits. */
  seal(): void {
    for (const number of this.commonNumbers) this.common[number]?.seal()
    this.rules.seal()
  }

  /** Adds a survey in the next slot and returns the slot. Requires `room` above 0. */
  add(indexed: IndexedSurvey): number {
    const slot = this.length++
    const { connection, survey } = indexed.entry
    this.rules.place(slot, connection, survey)
    const placed = new Set<number>()
    const odd = survey.clauses.filter((clause) => !this.placeClause(slot, clause, placed))
    for (const number of this.commonNumbers) if (!placed.has(number)) this.common[number]?.placeFree(slot)
    this.oddStarts[slot] = this.oddIds.length
    this.oddCounts[slot] = odd.length
    for (const clause of odd) this.oddIds.push(this.predicates.intern(this.numberOf(clause.attribute), clause))
    this.quotas.place(slot, survey, indexed.figures, indexed.conversionPercent)
    this.refresh(slot, indexed)
    return slot
  }

  /** Updates the counts, states, prices and dates of a survey whose conditions are unchanged. */
  refresh(slot: number, indexed: IndexedSurvey): void {
    const { entry, figures, conversionPercent } = indexed
    this.surveys[slot] = indexed
    this.surveyIds[slot] = entry.surveyId
    this.remaining[slot] = surveyRemaining(entry.survey, figures.inFlight, conversionPercent)
    this.finish[slot] = finishTime(entry.survey)
    this.usualScore[slot] = this.score(indexed, entry.survey.price, 'yes')
    this.onePrice[slot] = entry.survey.quotas.every((quota) => quota.price === undefined) ? 1 : 0
    this.hidden[slot] = entry.survey.additionalQualifications > 0 ? 1 : 0
    this.quotas.refresh(slot, entry.survey, figures, conversionPercent)
    // `addInvited` matches members-only surveys by the panelist's id, outside this index
    const open = entry.status === 'open' && entry.survey.enterable && entry.survey.membersOnly !== true
    if (open) setBit(this.live, slot)
    else clearBit(this.live, slot)
  }

  remove(slot: number): void {
    clearBit(this.live, slot)
    this.surveys[slot] = undefined
  }

  /** Every matching survey. */
  match(query: MatchQuery): Matches {
    const answered = this.begin(query.profile)
    const slots = this.live.slice()
    this.rules.restrict(slots, query)
    for (const number of this.commonNumbers) this.common[number]?.restrict(slots, this.given[number])
    this.rare.begin()
    for (const number of answered) {
      const given = this.given[number]
      if (given !== undefined && this.common[number] === undefined) this.rare.count(number, given)
    }
    const matches = new Matches()
    for (let word = 0; word < slots.length; word++) {
      let bits = slots[word] ?? 0
      while (bits !== 0) {
        const slot = word * 32 + (31 - Math.clz32(bits & -bits))
        bits &= bits - 1
        if (this.rare.satisfied(slot)) this.decide(slot, query, matches)
      }
    }
    return matches
  }

  /** Whether a survey names an attribute, or did since the index was built. */
  asks(attribute: string): boolean {
    return this.numbers.has(attribute)
  }

  /** Stores the given values by attribute number and returns these numbers; skips empty lists. */
  private begin(profile: ExpandedProfile): number[] {
    this.predicates.begin()
    this.given.fill(undefined)
    const answered: number[] = []
    for (const [name, given] of profile) {
      const number = this.numbers.get(name)
      if (number === undefined || given.values.length === 0) continue
      this.given[number] = given
      this.predicates.give(number, given)
      answered.push(number)
    }
    return answered
  }

  /** Adds a slot that passed the sets, unless dates, caps, odd clauses, quotas or exclusions refuse it. */
  private decide(slot: number, query: MatchQuery, matches: Matches): void {
    if ((this.remaining[slot] ?? 0) <= 0 || (this.finish[slot] ?? 0) <= query.now.getTime()) return
    let weakest = this.hidden[slot] === 1 ? MAYBE : YES
    const start = this.oddStarts[slot] ?? 0
    const end = start + (this.oddCounts[slot] ?? 0)
    for (let position = start; position < end; position++) {
      const verdict = this.predicates.evaluate(this.oddIds.at(position))
      if (verdict === NO) return
      if (verdict < weakest) weakest = verdict
    }
    let fits = this.quotas.choose(slot)
    let quota = this.quotas.chosen
    const indexed = this.surveys[slot]
    const { past = [] } = query
    if (fits === NO || indexed === undefined || this.isExcluded(slot, indexed, query)) return
    if (past.length > 0 && !mayEnterSome(indexed, past)) return
    if (
      fits === BY_EVALUATION ||
      (past.length > 0 && quota >= 0 && indexed.entry.survey.oneQuotaPerPanelist === true)
    ) {
      const choice = chooseByEvaluation(indexed, query.profile, past)
      fits = choice.fits
      quota = choice.chosen
      if (fits === NO) return
    }
    const verdict = Math.min(fits, weakest)
    const usual = verdict === YES && this.onePrice[slot] === 1
    const score = usual ? (this.usualScore[slot] ?? 0) : this.scoreAt(indexed, verdict, quota)
    matches.add(this.surveyIds[slot] ?? '', indexed, verdict, quota, score)
  }

  private scoreAt(indexed: IndexedSurvey, verdict: number, quota: number): number {
    const { price, quotas } = indexed.entry.survey
    return this.score(indexed, quotas[quota]?.price ?? price, verdict === YES ? 'yes' : 'maybe')
  }

  private isExcluded(slot: number, { entry }: IndexedSurvey, query: MatchQuery): boolean {
    const { excludedSurveys, excludedGroups, taken = [] } = query
    if (excludedSurveys.size > 0 && excludedSurveys.has(this.surveyIds[slot] ?? '')) return true
    const { connection, providerSurveyId, survey } = entry
    if (taken.length > 0 && excludedByGroup(connection, providerSurveyId, survey, taken, query.now) !== null)
      return true
    if (excludedGroups.size === 0 || entry.survey.groupId === null) return false
    return excludedGroups.has(groupKey(entry.connection, entry.survey.groupId))
  }

  /**
   * Adds a clause to the sets or to the lists.
   * @param placed numbers of the slot's attributes that already have a clause there; adds this one
   * @returns false when the clause, or whether it is a maybe, must be checked for each remaining slot
   */
  private placeClause(slot: number, clause: Clause, placed: Set<number>): boolean {
    const number = this.numberOf(clause.attribute)
    if (placed.has(number)) return false
    const common = this.common[number]
    if (common !== undefined) {
      if (!common.place(slot, clause)) return false
      placed.add(number)
      return clause.routable !== true && clause.truncated !== true
    }
    if (!this.rare.accepts(slot, clause)) return false
    this.rare.place(slot, number, clause)
    placed.add(number)
    return true
  }

  private numberOf(attribute: string): number {
    let number = this.numbers.get(attribute)
    if (number === undefined) {
      number = this.numbers.size
      this.numbers.set(attribute, number)
      this.given.push(undefined)
      this.common.push(undefined)
    }
    return number
  }
}

/** Whether the panelist's earlier sessions allow a quota of a survey, or the survey where it has none. */
function mayEnterSome({ entry: { survey, connection } }: IndexedSurvey, past: readonly PastSession[]): boolean {
  if (survey.oneQuotaPerPanelist !== true && survey.exclusions === undefined) return true
  if (survey.quotas.length === 0) return mayTakePart(survey, connection, null, past)
  return survey.quotas.some(({ quotaId }) => mayTakePart(survey, connection, quotaId, past))
}
