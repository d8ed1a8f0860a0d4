import type { VocabularyMapping } from './mapping.js'
import type { Clause, Survey } from './survey.js'

/** A canonical question: its name, and its answers where they are a closed list. */
export interface CanonicalQuestion {
  readonly name: string
  /** Null = any value: a range question, or free text. */
  readonly answers: readonly string[] | null
}

/** A part of a clause that no canonical answer can meet. */
export interface UnmappedWord {
  /** As in clauses: `toluna:1001007`. */
  readonly attribute: string
  /** `question`: the mapping lacks the question; `answer`: it has the question, but not this answer. */
  readonly missing: 'question' | 'answer'
  /** The answer code, or "18-24" for a range, or "W1*" for a prefix. */
  readonly answer: string
}

/** An unmapped question or answer of the live surveys, with the surveys and the money it affects. */
export interface CoverageLine {
  readonly attribute: string
  readonly missing: 'question' | 'answer'
  /** The answers in the clauses, sorted; at most `ANSWERS_KEPT`. */
  readonly answers: readonly string[]
  readonly answersMore: number
  readonly surveys: number
  /** Currency -> minor units: CPI x remaining completes of these surveys. */
  readonly money: ReadonlyMap<string, bigint>
  /** Surveys among them without a number of remaining completes: not in `money`. */
  readonly uncounted: number
}

export interface Coverage {
  readonly surveys: number
  /** Surveys whose clauses are all mapped. */
  readonly covered: number
  readonly money: ReadonlyMap<string, bigint>
  readonly coveredMoney: ReadonlyMap<string, bigint>
  /** Most surveys first. */
  readonly lines: readonly CoverageLine[]
}

const ANSWERS_KEPT = 12

/**
 * Returns the words of a clause that no canonical answer maps to.
 * @param mapping the connection's mapping; an identity maps every question of `canonical` to the same name
 * @param canonical the configured canonical questions
 */
export function unmappedWords(
  clause: Clause,
  mapping: VocabularyMapping,
  canonical: ReadonlyMap<string, CanonicalQuestion>,
): UnmappedWord[] {
  const { attribute } = clause
  const question = attribute.slice(attribute.indexOf(':') + 1)
  const reach = reachOf(question, mapping, canonical)
  const words = [
    ...(clause.answers ?? []).map((answer) => ({ answer, reached: reach?.answer(answer) ?? false })),
    ...(clause.ranges ?? []).map(({ from, to }) => ({ answer: `${from}-${to}`, reached: reach?.numbers ?? false })),
    ...(clause.prefixes ?? []).map((prefix) => ({ answer: `${prefix}*`, reached: reach?.texts ?? false })),
  ]
  const missing = reach === null ? 'question' : 'answer'
  return words.filter(({ reached }) => !reached).map(({ answer }) => ({ attribute, missing, answer }))
}

interface Reach {
  readonly answer: (code: string) => boolean
  readonly numbers: boolean
  readonly texts: boolean
}

/** Null = the question is not mapped. */
function reachOf(
  question: string,
  mapping: VocabularyMapping,
  canonical: ReadonlyMap<string, CanonicalQuestion>,
): Reach | null {
  // like `expandProfile`: a table of answers, and unchanged values in addition or when there is no table
  const named = Object.values(mapping.attributes).filter((one) => one.question === question)
  const identity = mapping.identity ? canonical.get(question) : undefined
  if (named.length === 0 && identity === undefined) return null
  const tables = named.map((one) => one.answers ?? {})
  const asTheyAre = named.some((one) => one.ranges === true || one.prefixes === true || one.answers === undefined)
  const open = asTheyAre || identity?.answers === null
  return {
    answer: (code) =>
      open || tables.some((table) => Object.hasOwn(table, code)) || (identity?.answers?.includes(code) ?? false),
    numbers: asTheyAre || identity?.answers === null,
    texts: asTheyAre || identity?.answers === null,
  }
}

/** Adds up the coverage of one connection, survey by survey. */
export class CoverageTally {
  readonly #lines = new Map<string, TallyLine>()
  readonly #money = new Map<string, bigint>()
  readonly #coveredMoney = new Map<string, bigint>()
  #surveys = 0
  #covered = 0

  constructor(
    private readonly mapping: VocabularyMapping,
    private readonly canonical: ReadonlyMap<string, CanonicalQuestion>,
  ) {}

  add(survey: Survey): void {
    this.#surveys += 1
    const whole = surveyWorth(survey)
    addMoney(this.#money, survey.price.currency, whole ?? 0n)
    const found = new Map<string, { words: UnmappedWord[]; worth: bigint | null }>()
    const note = (clauses: readonly Clause[], worth: bigint | null): void => {
      const here = new Map<string, UnmappedWord[]>()
      for (const word of clauses.flatMap((clause) => unmappedWords(clause, this.mapping, this.canonical))) {
        here.set(keyOf(word), [...(here.get(keyOf(word)) ?? []), word])
      }
      for (const [key, words] of here) {
        const before = found.get(key)
        // add the money of several quotas that name it, at most the survey's
        const sum = before === undefined ? worth : plus(before.worth, worth)
        found.set(key, { words: [...(before?.words ?? []), ...words], worth: least(sum, whole) })
      }
    }
    note(survey.clauses, whole)
    for (const quota of survey.quotas) {
      const clauses = quota.layers.flatMap(({ subQuotas }) => subQuotas.flatMap((subQuota) => subQuota.clauses))
      note(clauses, quotaWorth(survey, quota.available, quota.price?.amountMinor))
    }
    for (const { words, worth } of found.values()) this.#count(words, worth, survey.price.currency)
    if (found.size === 0) {
      this.#covered += 1
      addMoney(this.#coveredMoney, survey.price.currency, whole ?? 0n)
    }
  }

  result(): Coverage {
    const lines = [...this.#lines.values()].map(({ attribute, missing, answers, surveys, money, uncounted }) => {
      const sorted = [...answers].sort()
      const kept = sorted.slice(0, ANSWERS_KEPT)
      return { attribute, missing, answers: kept, answersMore: sorted.length - kept.length, surveys, money, uncounted }
    })
    return {
      surveys: this.#surveys,
      covered: this.#covered,
      money: this.#money,
      coveredMoney: this.#coveredMoney,
      lines: lines.sort((left, right) => right.surveys - left.surveys || compare(left.attribute, right.attribute)),
    }
  }

  #count(words: readonly UnmappedWord[], worth: bigint | null, currency: string): void {
    const first = words[0]
    if (first === undefined) return
    const key = keyOf(first)
    const line = this.#lines.get(key) ?? {
      attribute: first.attribute,
      missing: first.missing,
      answers: new Set<string>(),
      surveys: 0,
      money: new Map<string, bigint>(),
      uncounted: 0,
    }
    this.#lines.set(key, line)
    for (const { answer } of words) line.answers.add(answer)
    line.surveys += 1
    if (worth === null) line.uncounted += 1
    else addMoney(line.money, currency, worth)
  }
}

interface TallyLine {
  readonly attribute: string
  readonly missing: 'question' | 'answer'
  readonly answers: Set<string>
  surveys: number
  readonly money: Map<string, bigint>
  uncounted: number
}

/**
 * One line per missing question; for a mapped question one line per missing answer, because each needs its own mapping.
 */
const keyOf = ({ attribute, missing, answer }: UnmappedWord): string =>
  missing === 'question' ? attribute : `${attribute}\n${answer}`

/** CPI x remaining completes, in minor units; null = the number is unknown. */
function surveyWorth(survey: Survey): bigint | null {
  if (survey.availableCompletes !== null) return survey.price.amountMinor * count(survey.availableCompletes)
  const quotas = survey.quotas.map((quota) => quotaWorth(survey, quota.available, quota.price?.amountMinor))
  return quotas.length === 0 ? null : quotas.reduce<bigint | null>(plus, 0n)
}

function quotaWorth(survey: Survey, available: number | null, priceMinor = survey.price.amountMinor): bigint | null {
  const completes = available ?? survey.availableCompletes
  return completes === null ? null : priceMinor * count(completes)
}

const count = (completes: number): bigint => BigInt(Math.max(0, Math.trunc(completes)))
const plus = (left: bigint | null, right: bigint | null): bigint | null =>
  left === null || right === null ? null : left + right
const least = (left: bigint | null, right: bigint | null): bigint | null =>
  left === null || right === null ? left : left < right ? left : right
const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

function addMoney(sums: Map<string, bigint>, currency: string, minor: bigint): void {
  sums.set(currency, (sums.get(currency) ?? 0n) + minor)
}
