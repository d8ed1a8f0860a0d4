import type { Request } from 'express'
import { type ZodType, z } from 'zod'
import { type GatewayFault, GatewayValidationError } from '../http/gateway-errors.js'
import { parseBody } from '../http/validate.js'

type Issue = z.core.$ZodIssue

/** The `constraint` of a ValidationErrorDetail for each kind of fault. */
const CONSTRAINTS: Readonly<Partial<Record<Issue['code'], string>>> = {
  invalid_type: 'type',
  invalid_union: 'type',
  invalid_value: 'enum',
  too_big: 'maximum',
  too_small: 'minimum',
  invalid_key: 'format',
  custom: 'format',
}

/**
 * Reads a JSON body of the gateway's routes.
 * @throws GatewayValidationError with every fault of its fields, Problem 400 for a body that cannot be read at all
 */
export function readBody<Schema extends ZodType>(schema: Schema, request: Request): z.output<Schema> {
  const body: unknown = parseBody(z.unknown(), request)
  const result = schema.safeParse(body, { reportInput: true })
  if (result.success) return result.data
  throw new GatewayValidationError(result.error.issues.flatMap(faultsOf))
}

function faultsOf(issue: Issue): GatewayFault[] {
  const at = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      return { constraint: 'unknown', field: [...at, key].join('.'), message: 'is not a known field' }
    })
  }
  const field = at.join('.')
  if (issue.code !== 'custom' && issue.input === undefined) {
    return [{ constraint: 'required', field, message: 'is required' }]
  }
  return [{ constraint: CONSTRAINTS[issue.code] ?? 'format', field, message: issue.message }]
}
