import { countryOf } from '../../domain/country.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { TargetingAttribute } from '../../platform/config/targeting-attributes.js'
import { isUriText } from '../../platform/egress/uri-text.js'
import { validateUrl } from '../../platform/egress/url-policy.js'
import type { GatewayFault } from '../http/gateway-errors.js'

/** The panels and addresses that a plan may name. */
export interface PlanRules {
  /** Panels which take survey plans. */
  readonly panels: readonly PanelConfig[]
  readonly attributes: readonly TargetingAttribute[]
  /** The setting `egress.allow_private`. */
  readonly allowPrivate: boolean
}

/**
 * Finds the faults of a plan that the schema cannot see: panels, questions and answers that do not exist, or not in its
 * country; an address that no browser may be sent to; duplicate ids. Reads the raw body and skips members of the wrong
 * type, so that one answer lists every fault (Kantar Gateway API, ValidationError).
 */
export function planFaults(body: unknown, rules: PlanRules): GatewayFault[] {
  const plan = recordOf(body)
  const country = typeof plan.country === 'string' ? countryOf(plan.country) : null
  const names = listOf(plan.target_panels).map((panel) => recordOf(panel).name)
  const quotas = listOf(plan.quotas).map(recordOf)
  const qualificationsAt = (list: unknown, path: string) =>
    listOf(list).flatMap((one, at) => qualificationFaults(recordOf(one), `${path}[${at}]`, country, rules.attributes))
  return [
    ...(typeof plan.survey_url === 'string' ? urlFaults(plan.survey_url, 'survey_url', rules.allowPrivate) : []),
    ...panelFaults(names, (at) => `target_panels[${at}].name`, country, rules.panels),
    ...repeatedFaults(
      listOf(plan.device_requirements),
      (at) => `device_requirements[${at}]`,
      (device) => device,
    ),
    ...repeatedFaults(
      quotas.map(({ id }) => id),
      (at) => `quotas[${at}].id`,
      (id) => id,
    ),
    ...qualificationsAt(plan.qualifications, 'qualifications'),
    ...quotas.flatMap((quota, at) => qualificationsAt(quota.qualifications, `quotas[${at}].qualifications`)),
  ]
}

/**
 * Finds the faults of a survey's address: browsers must be allowed to go there, and its host must have no placeholder
 * for a respondent's data.
 */
export function urlFaults(address: string, field: string, allowPrivate: boolean): GatewayFault[] {
  const format = (message: string): GatewayFault[] => [{ constraint: 'format', field, message }]
  if (address === '') return []
  if (!isUriText(address)) {
    return format(
      'must be a URI (RFC 3986): spaces, quotes, backslashes, <, > and everything beyond ASCII percent-encoded',
    )
  }
  const [, authority = ''] = /^https?:\/\/([^/?#]*)/i.exec(address) ?? []
  if (authority === '') return format('must be an absolute URL, such as https://survey.example/s/1')
  if (/[(){}]/.test(authority)) return format('must not have a placeholder in its host')
  try {
    validateUrl(address, { allowPrivate })
    return []
  } catch (error) {
    return format(error instanceof Error ? error.message : 'is not an address that browsers can be sent to')
  }
}

/**
 * Finds panels that do not exist, do not serve the country, or are named twice; ignores case.
 * @param country null = unknown: the country is not checked
 */
export function panelFaults(
  names: readonly unknown[],
  fieldAt: (at: number) => string,
  country: string | null,
  panels: readonly PanelConfig[],
): GatewayFault[] {
  const faults = names.flatMap((name, at): GatewayFault[] => {
    if (typeof name !== 'string' || name === '') return []
    const panel = findPanel(panels, name)
    const field = fieldAt(at)
    if (panel === undefined) {
      return [
        { constraint: 'exists', field, message: `panel ${name} not found; GET /targeting-panels lists the panels` },
      ]
    }
    if (country === null || Object.hasOwn(panel.markets, country)) return []
    const served = Object.keys(panel.markets).sort().join(', ')
    return [{ constraint: 'country', field, message: `${panel.id} does not serve ${country}; it serves ${served}` }]
  })
  return [...faults, ...repeatedFaults(names, fieldAt, (name) => name.toLowerCase())]
}

/** Finds a panel by its name; ignores case. */
export function findPanel(panels: readonly PanelConfig[], name: string): PanelConfig | undefined {
  const wanted = name.toLowerCase()
  return panels.find(({ id }) => id.toLowerCase() === wanted)
}

function repeatedFaults(
  values: readonly unknown[],
  fieldAt: (at: number) => string,
  spelled: (value: string) => string,
): GatewayFault[] {
  const first = new Map<string, number>()
  return values.flatMap((value, at): GatewayFault[] => {
    if (typeof value !== 'string') return []
    const earlier = first.get(spelled(value))
    if (earlier === undefined) {
      first.set(spelled(value), at)
      return []
    }
    return [{ constraint: 'unique', field: fieldAt(at), message: `must be unique; ${fieldAt(earlier)} is the same` }]
  })
}

function qualificationFaults(
  qualification: Readonly<Record<string, unknown>>,
  path: string,
  country: string | null,
  attributes: readonly TargetingAttribute[],
): GatewayFault[] {
  const { question_id: id, qualifying_answers: given } = qualification
  if (typeof id !== 'string' || id === '') return []
  const field = `${path}.question_id`
  const attribute = attributes.find((one) => one.id === id)
  if (attribute === undefined) {
    const message = `${id} is not a targeting question; GET /targeting-attributes lists them`
    return [{ constraint: 'exists', field, message }]
  }
  const { supportedCountries } = attribute
  const elsewhere: GatewayFault[] =
    country === null || supportedCountries === null || supportedCountries.includes(country)
      ? []
      : [{ constraint: 'country', field, message: `${id} is asked in ${supportedCountries.join(', ')} only` }]
  const answers = listOf(given).flatMap((answer, at) =>
    answerFaults(answer, `${path}.qualifying_answers[${at}]`, attribute),
  )
  return [...elsewhere, ...answers]
}

function answerFaults(answer: unknown, field: string, attribute: TargetingAttribute): GatewayFault[] {
  const isText = typeof answer === 'string'
  if (!isText && (typeof answer !== 'object' || answer === null)) return []
  if (attribute.answerType === 'range') {
    if (!isText) return limitFaults(recordOf(answer), field, attribute)
    const { start, end } = attribute.rangeLimits
    const message = `${attribute.id} takes ranges within {"start": ${start}, "end": ${end}}, not answer ids`
    return [{ constraint: 'type', field, message }]
  }
  const known = attribute.answers.map(({ id }) => id)
  if (isText && known.includes(answer)) return []
  const some = known.length > 12 ? `${known.slice(0, 12).join(', ')} …` : known.join(', ')
  return isText
    ? [{ constraint: 'exists', field, message: `is not an answer of ${attribute.id}, which has ${some}` }]
    : [{ constraint: 'type', field, message: `${attribute.id} takes answer ids (${some}), not ranges` }]
}

function limitFaults(
  range: Readonly<Record<string, unknown>>,
  field: string,
  { id, rangeLimits: limits }: Extract<TargetingAttribute, { answerType: 'range' }>,
): GatewayFault[] {
  return (['start', 'end'] as const).flatMap((edge): GatewayFault[] => {
    const value = range[edge]
    if (typeof value !== 'number' || (value >= limits.start && value <= limits.end)) return []
    const constraint = value < limits.start ? 'minimum' : 'maximum'
    return [{ constraint, field: `${field}.${edge}`, message: `must be from ${limits.start} to ${limits.end} (${id})` }]
  })
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
