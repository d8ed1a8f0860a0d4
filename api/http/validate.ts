import type { Request } from 'express'
import type { ZodType, z } from 'zod'
import { type FieldFault, Problem } from './problem.js'

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])
const DEEPEST = 16

/**
 * Reads a body, query or path by its schema.
 * @throws Problem 400 `invalid_request` with a line for every field that is wrong
 */
export function parse<Schema extends ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw invalid(
    result.error.issues.flatMap((issue): FieldFault[] =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ field: pathOf([...issue.path, key]), message: 'is not a known field' }))
        : [{ field: pathOf(issue.path), message: issue.message }],
    ),
  )
}

/** As `parse`, for a JSON body, refusing what no schema can see: missing bodies, deep nesting, prototype keys. */
export function parseBody<Schema extends ZodType>(schema: Schema, request: Request): z.output<Schema> {
  const body: unknown = request.body
  if (body === undefined) throw invalid([{ field: '', message: 'a JSON body is needed' }])
  const fault = hostileShape(body, '', 0)
  if (fault !== null) throw invalid([fault])
  return parse(schema, body)
}

/** The 400 which lists every fault. */
export function invalid(errors: readonly FieldFault[]): Problem {
  const first = errors[0]
  const detail =
    first === undefined ? 'The request is malformed' : `${first.field === '' ? 'body' : first.field}: ${first.message}`
  return new Problem(400, 'invalid_request', detail, { errors })
}

const pathOf = (path: readonly PropertyKey[]): string => path.map(String).join('.')

function hostileShape(value: unknown, path: string, depth: number): FieldFault | null {
  if (typeof value !== 'object' || value === null) return null
  if (depth >= DEEPEST) return { field: path, message: `is nested deeper than ${DEEPEST} levels` }
  for (const [key, item] of Object.entries(value)) {
    const here = path === '' ? key : `${path}.${key}`
    if (FORBIDDEN_KEYS.has(key)) return { field: here, message: 'is a reserved name' }
    const fault = hostileShape(item, here, depth + 1)
    if (fault !== null) return fault
  }
  return null
}
