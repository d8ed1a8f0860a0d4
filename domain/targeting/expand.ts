import type { AttributeMapping, VocabularyMapping } from '../mapping.js'
import { ageOn, type Panelist, type Profile, valuesOf } from '../panelist.js'

/** The known values of one attribute: each as text, and the numeric ones also as numbers. */
export interface GivenValues {
  readonly values: readonly string[]
  readonly numbers: readonly number[]
}

/** Clause attribute (`kantar:sex`) -> the panelist's values in that vocabulary. An absent attribute is unknown. */
export type ExpandedProfile = ReadonlyMap<string, GivenValues>

/** One vocabulary that clauses are written in. */
export interface Vocabulary {
  /** The part before the colon of a clause's attribute: the provider's name, or a connection with its own mapping. */
  readonly prefix: string
  /** The provider of the vocabulary; a profile entry `toluna:1001033` applies to every vocabulary of `toluna`. */
  readonly provider: string
  readonly mapping: VocabularyMapping
}

/** Not targeting attributes: country and locale have their own rules, and date_of_birth becomes age. */
const NOT_ATTRIBUTES = new Set(['country', 'locale', 'date_of_birth'])
const DECIMAL = /^-?\d+(?:\.\d+)?$/
const BAND = /^(-?\d+(?:\.\d+)?)\s*-\s*(-?\d+(?:\.\d+)?)$/

/**
 * Translates a panelist into every vocabulary, so that clauses are stored in the provider's words: a corrected mapping
 * then needs no re-ingest, and unmapped clauses are kept.
 * @param today the day on which `date_of_birth` becomes an age (UTC)
 */
export function expandProfile(panelist: Panelist, today: Date, vocabularies: Iterable<Vocabulary>): ExpandedProfile {
  const canonical = canonicalValues(panelist, today)
  const expanded = new Map<string, GivenValues>()
  for (const { prefix, provider, mapping } of vocabularies) {
    if (mapping.identity) for (const [name, values] of canonical) expanded.set(`${prefix}:${name}`, given(values))
    for (const [name, attribute] of Object.entries(mapping.attributes)) {
      const translated = translate(canonical.get(name) ?? [], attribute)
      if (translated.values.length > 0) expanded.set(`${prefix}:${attribute.question}`, translated)
    }
    // the provider's own words are the most exact answer, so they replace a translated one
    for (const [question, values] of ownWords(panelist.profile, provider)) {
      expanded.set(`${prefix}:${question}`, given(values))
    }
  }
  return expanded
}

/** Builds given values from texts; decimal texts are numbers too (docs/matching.md, Words). */
export function given(values: readonly string[]): GivenValues {
  return { values, numbers: values.filter((value) => DECIMAL.test(value)).map(Number) }
}

function canonicalValues(panelist: Panelist, today: Date): Map<string, readonly string[]> {
  const canonical = new Map<string, readonly string[]>()
  for (const [name, value] of Object.entries(panelist.profile)) {
    if (name.includes(':') || NOT_ATTRIBUTES.has(name)) continue
    const values = valuesOf(value)
    if (values.length > 0) canonical.set(name, values)
  }
  if (!canonical.has('age')) {
    const inProfile = panelist.profile.date_of_birth
    const dateOfBirth = inProfile === undefined ? panelist.dateOfBirth : (valuesOf(inProfile)[0] ?? null)
    const age = dateOfBirth === null ? null : ageOn(dateOfBirth, today)
    if (age !== null) canonical.set('age', [String(age)])
  }
  return canonical
}

function ownWords(profile: Profile, provider: string): [question: string, values: readonly string[]][] {
  const start = `${provider}:`
  return Object.entries(profile)
    .filter(([name]) => name.startsWith(start))
    .map(([name, value]): [string, readonly string[]] => [name.slice(start.length), valuesOf(value)])
    .filter(([, values]) => values.length > 0)
}

/** Translates our values for one of the provider's questions; empty (unknown) when none has an equivalent. */
function translate(values: readonly string[], attribute: AttributeMapping): GivenValues {
  const codes = codesFor(values, attribute.answers ?? {})
  const asTheyAre = attribute.ranges === true || attribute.prefixes === true || attribute.answers === undefined
  if (!asTheyAre) return { values: codes, numbers: [] }
  const direct = given(values)
  return { values: [...new Set([...codes, ...values])], numbers: direct.numbers }
}

function codesFor(values: readonly string[], answers: Readonly<Record<string, string>>): string[] {
  return Object.entries(answers)
    .filter(([, ours]) => values.some((value) => value === ours || bandHolds(ours, value)))
    .map(([code]) => code)
}

/** True when `ours` is a band such as "18-24" and the value a number within it, both ends included. */
function bandHolds(ours: string, value: string): boolean {
  const band = BAND.exec(ours)
  if (!band || !DECIMAL.test(value)) return false
  const number = Number(value)
  return Number(band[1]) <= number && number <= Number(band[2])
}
