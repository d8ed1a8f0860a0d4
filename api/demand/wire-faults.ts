import type { ZodError, z } from 'zod'
import type { GatewayFault } from '../http/gateway-errors.js'

type Issue = ZodError['issues'][number]
type Path = readonly PropertyKey[]

/** Writes a path as the document does: `quotas[0].qualifications[1].question_id`. */
export function fieldOf(path: Path): string {
  return path.reduce<string>((field, step) => {
    if (typeof step === 'number') return `${field}[${step}]`
    return field === '' ? String(step) : `${field}.${String(step)}`
  }, '')
}

/**
 * Translates a schema's issues with a body: each fault has the constraint that it breaks and the valid form.
 * @param unknownMember the message for an unknown member
 */
export function wireFaults(
  error: ZodError,
  body: unknown,
  unknownMember = 'is not a member of this body; check its spelling',
): GatewayFault[] {
  return error.issues.flatMap((issue) => faultsOf(issue, [], body, unknownMember))
}

function faultsOf(issue: Issue, prefix: Path, body: unknown, unknownMember: string): GatewayFault[] {
  const path = [...prefix, ...issue.path]
  const given = valueAt(body, path)
  const one = (constraint: string, message: string): GatewayFault[] => [{ constraint, field: fieldOf(path), message }]
  switch (issue.code) {
    case 'invalid_type':
      return given === undefined
        ? one('required', `is required: ${kindOf(issue.expected)}`)
        : one('type', `must be ${kindOf(issue.expected)}`)
    case 'invalid_value': {
      const words = issue.values.map(String).join(', ')
      return given === undefined
        ? one('required', `is required: one of ${words}`)
        : one('enum', `must be one of ${words}`)
    }
    case 'too_small':
    case 'too_big':
      return boundFaults(issue, one)
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        constraint: 'unknown',
        field: fieldOf([...path, key]),
        message: unknownMember,
      }))
    case 'invalid_union':
      if (path.at(-1) === 'qualifying_answers') return answersFaults(issue, path, body, unknownMember)
      return given === undefined ? one('required', 'is required') : one('type', issue.message)
    case 'custom':
      return one(String(issue.params?.constraint ?? 'custom'), issue.message)
    default:
      return one('format', issue.message)
  }
}

type Bound = z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig

function boundFaults(issue: Bound, one: (constraint: string, message: string) => GatewayFault[]): GatewayFault[] {
  const small = issue.code === 'too_small'
  const figure = String(small ? issue.minimum : issue.maximum)
  const side = small ? 'at least' : 'at most'
  if (issue.origin === 'array') {
    return one(small ? 'minItems' : 'maxItems', `must have ${side} ${figure} ${figure === '1' ? 'item' : 'items'}`)
  }
  if (issue.origin === 'string') {
    if (small) return one('minLength', 'must not be empty')
    return one('maxLength', `must have at most ${figure} characters`)
  }
  return one(small ? 'minimum' : 'maximum', `must be ${side} ${figure}`)
}

/** `qualifying_answers` are ranges or answer ids: finds which of the two was meant, and its faults. */
function answersFaults(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  body: unknown,
  unknownMember: string,
): GatewayFault[] {
  const field = fieldOf(path)
  const given = valueAt(body, path)
  const what = 'a list of answer ids, or of ranges such as {"start": 16, "end": 21}'
  if (given === undefined) return [{ constraint: 'required', field, message: `is required: ${what}` }]
  if (!Array.isArray(given)) return [{ constraint: 'type', field, message: `must be ${what}` }]
  if (given.length === 0) return [{ constraint: 'minItems', field, message: 'must have at least 1 item' }]
  const texts = given.filter((item) => typeof item === 'string').length
  const objects = given.filter((item) => typeof item === 'object' && item !== null).length
  if (texts > 0 && objects > 0) {
    return [{ constraint: 'xor', field, message: `must be ${what}; not both` }]
  }
  const [ranges = [], answers = []] = issue.errors
  return (objects > 0 ? ranges : answers).flatMap((inner) => faultsOf(inner as Issue, path, body, unknownMember))
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}
const kindOf = (expected: string): string => KINDS[expected] ?? expected

function valueAt(body: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    return (value as Record<PropertyKey, unknown>)[step]
  }, body)
}
