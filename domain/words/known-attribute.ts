import type { AttributeMapping, VocabularyMapping } from '../mapping.js'

/** A canonical question as shown to panels. */
export interface KnownAttribute {
  readonly id: string
  readonly text: string
  /** `choice`: answers that a mapping names; `text`: any text. */
  readonly type: 'single_choice' | 'multi_punch' | 'range' | 'choice' | 'text' | 'date'
  /** ISO 3166-1 alpha-3; null = everywhere. */
  readonly countries: readonly string[] | null
  readonly limits?: { readonly start: number; readonly end: number }
  readonly answers?: readonly KnownAnswer[]
}

export interface KnownAnswer {
  readonly id: string
  readonly text: string
  readonly exclusive?: boolean
}

/** The vocabulary of one connection. */
export interface ConnectionWords {
  readonly connection: string
  readonly provider: string
  readonly mapping: VocabularyMapping
  /** True = the provider receives the date of birth itself. */
  readonly takesBirthday: boolean
}

/** Canonical names that are not questions of the gateway (docs/matching.md, "The words of a profile"). */
const BESIDE_THE_QUESTIONS: readonly KnownAttribute[] = [
  { id: 'date_of_birth', text: 'Date of birth, YYYY-MM-DD; gives the age', type: 'date', countries: null },
  { id: 'postal_code', text: 'Postal code, in the format of the country', type: 'text', countries: null },
  { id: 'region', text: 'Region, in the codes of the provider that asks', type: 'text', countries: null },
]

/**
 * Every attribute by its name: the configured questions, `BESIDE_THE_QUESTIONS`, and those that only a mapping file
 * names.
 */
export function knownAttributes(
  questions: readonly KnownAttribute[],
  connections: readonly ConnectionWords[],
): ReadonlyMap<string, KnownAttribute> {
  const known = new Map<string, KnownAttribute>([...questions, ...BESIDE_THE_QUESTIONS].map((one) => [one.id, one]))
  for (const { mapping } of connections) {
    for (const [id, attribute] of Object.entries(mapping.attributes)) {
      const before = known.get(id)
      if (before === undefined || before.type === 'choice') known.set(id, mappedAttribute(id, attribute, before))
    }
  }
  return known
}

function mappedAttribute(id: string, { answers }: AttributeMapping, before?: KnownAttribute): KnownAttribute {
  if (answers === undefined) return { id, text: id, type: 'text', countries: null }
  const ids = new Set([...(before?.answers ?? []).map((answer) => answer.id), ...Object.values(answers)])
  return { id, text: id, type: 'choice', countries: null, answers: [...ids].map((one) => ({ id: one, text: one })) }
}

/** Whether an answer of an attribute can change what a connection offers. */
export function reaches(attribute: KnownAttribute, { mapping, takesBirthday }: ConnectionWords): boolean {
  const name = attribute.id === 'date_of_birth' ? 'age' : attribute.id
  if (attribute.id === 'date_of_birth' && takesBirthday) return true
  return mapping.identity || Object.hasOwn(mapping.attributes, name)
}
