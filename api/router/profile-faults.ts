import { type Profile, type ProfileValue, valuesOf } from '../../domain/panelist.js'
import type { TargetingAttribute } from '../../platform/config/targeting-attributes.js'
import type { GatewayFault } from '../http/gateway-errors.js'

/**
 * Finds the invalid answers of a profile, independently of a survey's conditions: checks each attribute that the
 * gateway knows in the survey's country against its own question (Kantar Gateway API, Targeting Attribute). Ignores
 * other attributes and blank answers.
 * @returns every fault, with its field name in the body of a session creation
 */
export function profileFaults(
  profile: Profile,
  attributes: readonly TargetingAttribute[],
  country: string,
): GatewayFault[] {
  return attributes.flatMap((attribute) => {
    const given = Object.hasOwn(profile, attribute.id) ? profile[attribute.id] : undefined
    if (given === undefined || !isAskedIn(attribute, country)) return []
    const wrong = attribute.answerType === 'range' ? rangeFault(attribute, given) : choiceFault(attribute, given)
    return wrong === null ? [] : [{ ...wrong, field: profileField(attribute.id) }]
  })
}

/** The field name of an attribute in the body. */
export const profileField = (attribute: string): string => `panelist_profile.${attribute}`

const isAskedIn = ({ supportedCountries }: TargetingAttribute, country: string): boolean =>
  supportedCountries === null || supportedCountries.includes(country)

type Wrong = Omit<GatewayFault, 'field'>

function rangeFault(
  { rangeLimits: { start, end } }: Extract<TargetingAttribute, { answerType: 'range' }>,
  given: ProfileValue,
): Wrong | null {
  const values = valuesOf(given)
  const [only] = values
  if (only === undefined) return null
  if (values.length > 1) return { constraint: 'type', message: `must be one number, not ${values.length}` }
  if (!/^-?\d{1,15}$/.test(only)) {
    return { constraint: 'type', message: `must be a whole number from ${start} to ${end}; ${quoted(only)} is not` }
  }
  const number = Number(only)
  if (number >= start && number <= end) return null
  const constraint = number < start ? 'minimum' : 'maximum'
  return { constraint, message: `must be from ${start} to ${end}; ${quoted(only)} is not` }
}

function choiceFault(
  { answerType, answers }: Extract<TargetingAttribute, { answers: unknown }>,
  given: ProfileValue,
): Wrong | null {
  const values = [...new Set(valuesOf(given))]
  const unknown = values.filter((value) => !answers.some(({ id }) => id === value))
  if (unknown.length > 0) {
    return {
      constraint: 'exists',
      message: `${unknown.map(quoted).join(', ')} is not one of its answers: ${answers.map(({ id }) => id).join(', ')}`,
    }
  }
  if (values.length < 2) return null
  if (answerType === 'single_choice') {
    return { constraint: 'single_choice', message: `takes one answer, not ${values.length}` }
  }
  const exclusive = answers.filter((answer) => answer.exclusive && values.includes(answer.id))
  if (exclusive.length === 0) return null
  const named = exclusive.map(({ id, text }) => `"${id}" (${text})`).join(' and ')
  return { constraint: 'exclusive_multi_punch_answer', message: `${named} cannot be combined with another answer` }
}

/** The value that was sent, shortened so that the message does not repeat long input. */
const quoted = (value: string): string => `"${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`
