import type { Request } from 'express'
import type { ZodType, z } from 'zod'
import { type FieldFault, Problem } from './problem.js'

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])
const DEEPEST = 16
/** At most this many members in one object: the maximum of attributes in a profile. */
const MOST_MEMBERS = 500
/** At most this many values in a body, on all levels: a profile of 500 attributes with twenty answers each. */
const MOST_VALUES = 10_000
/** The same limit for bodies in which buyers list thousands of postal codes. */
export const MOST_LISTED = 40_000

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

/**
 * As `parse`, for a JSON body; also refuses what a schema cannot detect: missing bodies, deep nesting, prototype keys.
 * Counts the values first, because a schema would check every value before it reports too many.
 * @param mostValues how many values the body may hold, on all its levels together
 */
export function parseBody<Schema extends ZodType>(
  schema: Schema,
  request: Request,
  mostValues = MOST_VALUES,
): z.output<Schema> {
  const body: unknown = request.body
  if (body === undefined) throw invalid([{ field: '', message: 'a JSON body is needed' }])
  const fault = tooMany(body, mostValues) ?? hostileShape(body, '', 0)
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

/** Stops at the first fault, so that its cost is bounded for every body. */
function tooMany(body: unknown, mostValues: number): FieldFault | null {
  const open: { readonly value: object; readonly path: string }[] = []
  const enter = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) open.push({ value, path })
  }
  enter(body, '')
  let values = 0
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { value, path } = at
    const members = Array.isArray(value) ? value.length : Object.keys(value).length
    if (!Array.isArray(value) && members > MOST_MEMBERS) {
      return { field: path, message: `has ${members} members; at most ${MOST_MEMBERS} are allowed` }
    }
    values += members
    if (values > mostValues) {
      return { field: path, message: `the body holds more than ${mostValues} values, on all its levels together` }
    }
    for (const [key, item] of Object.entries(value)) enter(item, path === '' ? key : `${path}.${key}`)
  }
  return null
}

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
