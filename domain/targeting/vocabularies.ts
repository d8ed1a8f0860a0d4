import type { AttributeMapping } from '../mapping.js'
import type { Clause, Survey } from '../survey.js'
import type { Vocabulary } from './expand.js'

/**
 * Renames a survey's clauses to a connection's own vocabulary. Two accounts at one provider may map its questions
 * differently: the panelist is then expanded twice, and each survey uses its own expansion.
 */
export function inVocabulary(survey: Survey, { prefix, provider }: Vocabulary): Survey {
  if (prefix === provider) return survey
  const start = `${provider}:`
  const rename = (clause: Clause): Clause => {
    const { attribute } = clause
    return attribute.startsWith(start) ? { ...clause, attribute: `${prefix}:${attribute.slice(start.length)}` } : clause
  }
  return {
    ...survey,
    clauses: survey.clauses.map(rename),
    quotas: survey.quotas.map((quota) => ({
      ...quota,
      layers: quota.layers.map(({ subQuotas }) => ({
        subQuotas: subQuotas.map((subQuota) => ({ ...subQuota, clauses: subQuota.clauses.map(rename) })),
      })),
    })),
  }
}

/** One clause attribute in our words and in the provider's. */
export interface NamedAttribute {
  /** Our name, or the provider's where no name of ours maps to it. */
  readonly name: string
  /** `toluna:1001007`. */
  readonly providerCode: string
  readonly mapping: AttributeMapping | null
}

/** Finds our name of a provider's attribute. */
export function nameAttribute(attribute: string, vocabularies: Iterable<Vocabulary>): NamedAttribute {
  const colon = attribute.indexOf(':')
  const question = attribute.slice(colon + 1)
  for (const { prefix, provider, mapping } of vocabularies) {
    if (attribute.slice(0, colon) !== prefix) continue
    const providerCode = `${provider}:${question}`
    const mapped = Object.entries(mapping.attributes).find(([, one]) => one.question === question)
    if (mapped) return { name: mapped[0], providerCode, mapping: mapped[1] }
    return { name: mapping.identity ? question : providerCode, providerCode, mapping: null }
  }
  return { name: attribute, providerCode: attribute, mapping: null }
}

/** The most answers to list; the rest are counted, because postal codes come in lists of a thousand. */
const MOST_LISTED = 12

/**
 * Describes the values of a clause, in our words where a mapping has them: "16-40", "male or female", "starts with SW1
 * or SW3".
 */
export function describeWanted(clause: Clause, { mapping }: NamedAttribute): string {
  const answers = (clause.answers ?? []).map((code) => mapping?.answers?.[code] ?? code)
  const ranges = (clause.ranges ?? []).map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`))
  const said = [listed([...new Set([...ranges, ...answers])])]
  if (clause.prefixes !== undefined) said.push(`starts with ${listed(clause.prefixes)}`)
  const wanted = said.filter((part) => part !== '').join(' or ') || 'nothing'
  return clause.truncated === true ? `${wanted} (list truncated by the provider)` : wanted
}

function listed(words: readonly string[]): string {
  if (words.length <= MOST_LISTED) return words.join(' or ')
  return `${words.slice(0, MOST_LISTED).join(' or ')} or ${words.length - MOST_LISTED} more`
}
