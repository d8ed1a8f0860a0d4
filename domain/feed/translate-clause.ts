import type { AttributeMapping, VocabularyMapping } from '../mapping.js'
import type { Clause, NumberRange } from '../survey.js'
import { evaluateClause } from '../targeting/clause.js'
import { type ExpandedProfile, expandProfile } from '../targeting/expand.js'
import type { CanonicalAttribute } from './canonical-attribute.js'

/**
 * One of the provider's questions in our words. Expands the answers of a choice like a panelist's answers, so that
 * translation and matching agree.
 */
type Word =
  | {
      readonly kind: 'choice'
      readonly attribute: CanonicalAttribute
      readonly answers: readonly { readonly id: string; readonly expanded: ExpandedProfile }[]
    }
  | {
      readonly kind: 'range'
      readonly attribute: CanonicalAttribute
      readonly limits: { readonly start: number; readonly end: number }
      /** Their code -> our band; null = the code does not stand for a number. */
      readonly bands: ReadonlyMap<string, NumberRange | null>
      /** Numbers are compared directly. */
      readonly plain: boolean
    }

/** Their question -> ours; the gateway's vocabulary has no equivalent of the others. */
export type Words = ReadonlyMap<string, Word>

const PREFIX = 'x'
/** Not targeting attributes (domain/targeting/expand.ts). */
const NOT_ATTRIBUTES: ReadonlySet<string> = new Set(['country', 'locale', 'date_of_birth'])
const BAND = /^(\d{1,9})\s*-\s*(\d{1,9})$/
const WHOLE = /^(?:0|[1-9]\d{0,8})$/

/**
 * Inverts a connection's mapping: the words of its vocabulary that the gateway's own questions can express. Omits a
 * question that two of ours are mapped to, because it is ambiguous.
 */
export function wordsOf(mapping: VocabularyMapping, attributes: readonly CanonicalAttribute[]): Words {
  const claims = new Map<string, Set<string>>()
  const claim = (question: string, name: string) => claims.set(question, (claims.get(question) ?? new Set()).add(name))
  for (const [name, { question }] of Object.entries(mapping.attributes)) claim(question, name)
  if (mapping.identity) for (const { id } of attributes) claim(id, id)

  const words = new Map<string, Word>()
  for (const attribute of attributes) {
    if (NOT_ATTRIBUTES.has(attribute.id)) continue
    const named = Object.hasOwn(mapping.attributes, attribute.id) ? mapping.attributes[attribute.id] : undefined
    const said = named ?? (mapping.identity ? { question: attribute.id } : undefined)
    if (said === undefined || claims.get(said.question)?.size !== 1) continue
    words.set(said.question, wordOf(attribute, said, mapping))
  }
  return words
}

function wordOf(attribute: CanonicalAttribute, said: AttributeMapping, mapping: VocabularyMapping): Word {
  if (attribute.answerType === 'range') {
    return {
      kind: 'range',
      attribute,
      limits: attribute.rangeLimits,
      bands: new Map(Object.entries(said.answers ?? {}).map(([code, ours]) => [code, bandOf(ours)])),
      plain: said.ranges === true || said.prefixes === true || said.answers === undefined,
    }
  }
  const vocabulary = { prefix: PREFIX, provider: PREFIX, mapping }
  return {
    kind: 'choice',
    attribute,
    answers: attribute.answers.map(({ id }) => ({
      id,
      expanded: expandProfile({ ...NOBODY, profile: { [attribute.id]: id } }, EPOCH, [vocabulary]),
    })),
  }
}

/** Expanding these answers does not depend on the day or on the panelist. */
const EPOCH = new Date(0)
const NOBODY = { panelistId: '', country: '', locale: null, dateOfBirth: null }

/**
 * Translates a clause into the gateway's vocabulary only when all of it can be expressed, so that exactly the panelists
 * who meet the translated clause meet the original (docs/feed.md, How surveys of providers are said). Cuts ranges to
 * the limits of the question.
 * @param country the survey's country; questions that it does not support are not translated
 * @returns a clause on one of the gateway's questions (`attribute` is its id), or null
 */
export function translateClause(clause: Clause, words: Words, country: string): Clause | null {
  const question = clause.attribute.slice(clause.attribute.indexOf(':') + 1)
  const word = words.get(question)
  if (word === undefined || clause.prefixes !== undefined || clause.truncated === true) return null
  const { id, supportedCountries } = word.attribute
  if (supportedCountries !== null && !supportedCountries.includes(country)) return null
  if (word.kind === 'choice') {
    const answers = choicesOf(clause, word.answers, question)
    return answers === null ? null : { attribute: id, answers }
  }
  const ranges = rangesOf(clause, word)
  return ranges === null ? null : { attribute: id, ranges }
}

function choicesOf(
  clause: Clause,
  answers: Extract<Word, { kind: 'choice' }>['answers'],
  question: string,
): readonly string[] | null {
  const codes = clause.answers ?? []
  // a range among choices is a second spelling of an answer such as "16-40" (Kantar Gateway API: both are text)
  if ((clause.ranges ?? []).some(({ from, to }) => !codes.includes(`${from}-${to}`))) return null
  const key = `${PREFIX}:${question}`
  const said = codes.every((code) => answers.some(({ expanded }) => expanded.get(key)?.values.includes(code) === true))
  if (!said) return null
  const hits = answers.filter(
    ({ expanded }) => evaluateClause({ ...clause, attribute: key, routable: false }, expanded) === 'yes',
  )
  return hits.length === 0 ? null : hits.map(({ id }) => id)
}

function rangesOf(clause: Clause, word: Extract<Word, { kind: 'range' }>): readonly NumberRange[] | null {
  const pieces: NumberRange[] = []
  const ranges = clause.ranges ?? []
  if (ranges.length > 0 && !word.plain) return null
  for (const code of clause.answers ?? []) {
    // "16-40" next to the range 16 to 40 is a duplicate (Kantar Gateway API: ranges are text)
    if (ranges.some(({ from, to }) => code === `${from}-${to}`)) continue
    // a number outside the question's limits is an unmapped code
    const number = word.plain && isWithin(code, word.limits) ? { from: Number(code), to: Number(code) } : null
    const band = word.bands.get(code)
    if (band === null || (band === undefined && number === null)) return null
    if (band !== undefined) pieces.push(band)
    if (number !== null) pieces.push(number)
  }
  pieces.push(...ranges)
  const cut = pieces
    .map(({ from, to }) => ({ from: Math.max(from, word.limits.start), to: Math.min(to, word.limits.end) }))
    .filter(({ from, to }) => from <= to)
  if (cut.length === 0 || !cut.every(({ from, to }) => isSayable(from) && isSayable(to))) return null
  return cut.filter(({ from, to }, index) => cut.findIndex((one) => one.from === from && one.to === to) === index)
}

const isWithin = (code: string, { start, end }: { start: number; end: number }): boolean =>
  WHOLE.test(code) && start <= Number(code) && Number(code) <= end

/** The gateway writes ranges as "16-40": whole numbers, and no sign. */
const isSayable = (bound: number): boolean => Number.isSafeInteger(bound) && bound >= 0

function bandOf(ours: string): NumberRange | null {
  const band = BAND.exec(ours)
  if (band) return { from: Number(band[1]), to: Number(band[2]) }
  return WHOLE.test(ours) ? { from: Number(ours), to: Number(ours) } : null
}
