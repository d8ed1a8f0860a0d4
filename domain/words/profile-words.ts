import { type AgeQuestion, ageQuestionsOf } from '../age-floor.js'
import { type Profile, valuesOf } from '../panelist.js'
import { likelyAnswer, likelyAttribute } from './did-you-mean.js'
import { type ConnectionWords, type KnownAttribute, knownAttributes, reaches } from './known-attribute.js'

/** A word of a profile that no vocabulary has: it is ignored, so surveys are missed. */
export interface ProfileWarning {
  readonly attribute: string
  /** As given, shortened; several values of an unknown attribute are joined by "|". */
  readonly value: string
  /** `sex: female`, or `sex` alone; null = nothing similar. */
  readonly did_you_mean: string | null
}

/** An attribute, and the connections that use it. */
export interface ReachingAttribute extends KnownAttribute {
  readonly reaches: readonly Pick<ConnectionWords, 'connection' | 'provider'>[]
}

/** The most warnings per answer, because a profile may consist of unknown words only. */
const MOST_WARNINGS = 20
const LONGEST_SHOWN = 40

/** Fields of their own that a profile may repeat. */
const ELSEWHERE = new Set(['country', 'locale'])
const DECIMAL = /^-?\d+(?:\.\d+)?$/
const DATE = /^\d{4}-\d{2}-\d{2}$/

/**
 * The words that profiles may use: the canonical questions and the names in the connections' mappings. Built once per
 * configuration, so that checking a profile costs one set lookup per word.
 */
export class ProfileWords {
  readonly ageQuestions: readonly AgeQuestion[]
  readonly #known: ReadonlyMap<string, KnownAttribute>
  /** Attribute -> its allowed answers; absent attributes allow any. */
  readonly #answers = new Map<string, ReadonlySet<string>>()
  /** Attribute -> provider's code -> our answer. */
  readonly #codes = new Map<string, Map<string, string>>()
  readonly #providers: ReadonlySet<string>
  readonly #identities: readonly string[]

  constructor(
    questions: readonly KnownAttribute[],
    private readonly connections: readonly ConnectionWords[],
  ) {
    this.#known = knownAttributes(questions, connections)
    this.ageQuestions = ageQuestionsOf(connections)
    this.#providers = new Set(connections.map(({ provider }) => provider))
    this.#identities = [
      ...new Set(connections.filter(({ mapping }) => mapping.identity).map(({ provider }) => provider)),
    ]
    for (const { id, answers } of this.#known.values()) {
      if (answers !== undefined) this.#answers.set(id, new Set(answers.map((one) => one.id)))
    }
    for (const { mapping } of connections) {
      for (const [id, { answers = {} }] of Object.entries(mapping.attributes)) {
        const codes = this.#codes.get(id) ?? new Map<string, string>()
        for (const [code, ours] of Object.entries(answers)) codes.set(code, ours)
        this.#codes.set(id, codes)
      }
    }
  }

  /** The attributes of a country [all], each with the given connections that use it. */
  attributes(country: string | null, usable: (connection: string) => boolean): ReachingAttribute[] {
    const connections = this.connections.filter(({ connection }) => usable(connection))
    return [...this.#known.values()]
      .filter(({ countries }) => country === null || countries === null || countries.includes(country))
      .map((attribute) => ({
        ...attribute,
        reaches: connections
          .filter((one) => reaches(attribute, one))
          .map(({ connection, provider }) => ({ connection, provider })),
      }))
  }

  /**
   * The words of a profile that no connection uses, at most 20.
   * @param isAsked whether a live survey names an attribute such as `kantar:income`; then it is known
   */
  warningsFor(profile: Profile, isAsked: (attribute: string) => boolean): ProfileWarning[] {
    const warnings: ProfileWarning[] = []
    for (const [name, value] of Object.entries(profile)) {
      if (warnings.length >= MOST_WARNINGS) break
      const attribute = this.#known.get(name)
      if (attribute === undefined) {
        if (!this.#isNamed(name, isAsked)) warnings.push(this.#unknownAttribute(name, valuesOf(value)))
        continue
      }
      for (const word of valuesOf(value)) {
        if (this.#takes(attribute, word)) continue
        if (warnings.length < MOST_WARNINGS) warnings.push(this.#unknownAnswer(attribute, word))
      }
    }
    return warnings
  }

  /**
   * True for a provider's own question, or one that a live survey of the gateway names in addition to the configured
   * ones.
   */
  #isNamed(name: string, isAsked: (attribute: string) => boolean): boolean {
    if (ELSEWHERE.has(name)) return true
    const colon = name.indexOf(':')
    if (colon > 0) return this.#providers.has(name.slice(0, colon))
    return this.#identities.some((provider) => isAsked(`${provider}:${name}`))
  }

  #takes({ id, type }: KnownAttribute, word: string): boolean {
    const answers = this.#answers.get(id)
    if (answers !== undefined) return answers.has(word)
    if (type === 'range') return DECIMAL.test(word) || this.#means(id, word)
    return type !== 'date' || DATE.test(word)
  }

  /** True for one of our bands, such as "18-24", that a mapping contains. */
  #means(id: string, word: string): boolean {
    return [...(this.#codes.get(id)?.values() ?? [])].includes(word)
  }

  #unknownAttribute(name: string, values: readonly string[]): ProfileWarning {
    const meant = likelyAttribute(name, this.#known)
    const [word = ''] = values
    const value = shortened(values.join('|'))
    if (meant === null) return { attribute: shortened(name), value, did_you_mean: null }
    const answer = this.#takes(meant, word) ? word : likelyAnswer(word, meant, this.#codesOf(meant))
    const told = answer === null || answer === '' ? meant.id : `${meant.id}: ${shortened(answer)}`
    return { attribute: shortened(name), value, did_you_mean: told }
  }

  #unknownAnswer(attribute: KnownAttribute, word: string): ProfileWarning {
    const answer = likelyAnswer(word, attribute, this.#codesOf(attribute))
    return {
      attribute: attribute.id,
      value: shortened(word),
      did_you_mean: answer === null ? null : `${attribute.id}: ${answer}`,
    }
  }

  #codesOf = ({ id }: KnownAttribute): ReadonlyMap<string, string> => this.#codes.get(id) ?? new Map()
}

const shortened = (word: string): string => (word.length > LONGEST_SHOWN ? `${word.slice(0, LONGEST_SHOWN)}…` : word)
