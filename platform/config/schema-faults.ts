import type { z } from 'zod'
import type { ConfigPath, Fault } from './faults.js'
import { isNearMiss } from './near-miss.js'
import { childSchema, chosenOption, exampleOf, isMapValue, unwrap } from './schema-walk.js'

/**
 * Reads a value by its schema, and returns all of its faults in our words.
 * @param at the value's place in the file
 */
export function readBySchema<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  at: ConfigPath,
): { data: z.output<Schema> | null; faults: Fault[] } {
  const result = schema.safeParse(value)
  if (result.success) return { data: result.data, faults: [] }
  return { data: null, faults: result.error.issues.flatMap((issue) => faultsOf(issue, schema, value, at)) }
}

function faultsOf(issue: z.core.$ZodIssue, schema: z.core.$ZodType, value: unknown, at: ConfigPath): Fault[] {
  const seen = lookAlong(schema, value, issue.path)
  const path = [...at, ...seen.path]
  const fault = (text: string): Fault => ({ path, text, example: seen.example })

  if (issue.code === 'custom') {
    // a check over a whole section may bring an example of its own
    const own: unknown = issue.params?.example
    return [{ ...fault(issue.message), ...(typeof own === 'string' ? { example: own } : {}) }]
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...path, key], key, seen.knownKeys))
  }
  if (issue.code === 'invalid_key') return [fault(`as a key ${issue.issues[0]?.message ?? 'is not allowed here'}`)]
  const variants =
    issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options) ? issue.options : []
  if (variants.length > 0) {
    const missing = seen.value === undefined ? 'is missing: ' : ''
    return [{ path, text: `${missing}must be one of ${variants.join(', ')}`, example: String(variants[0]) }]
  }
  return [fault(seen.value === undefined ? 'is missing' : wanted(issue))]
}

const SHAPES: Record<string, string> = {
  object: 'must be a map of settings',
  record: 'must be a map',
  array: 'must be a list',
}

function wanted(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return SHAPES[issue.expected] ?? `must be of type ${issue.expected}`
  return issue.message
}

function unknownKey(path: ConfigPath, key: string, known: readonly string[]): Fault {
  const nearest = known.find((candidate) => isNearMiss(key, candidate))
  const text = nearest ? `unknown key; did you mean ${nearest}?` : 'unknown key'
  return { path, text, example: `one of ${known.join(', ')}` }
}

/** Follows an issue's path through schema and value in parallel. */
function lookAlong(schema: z.core.$ZodType, value: unknown, steps: readonly PropertyKey[]) {
  let schemaHere = schema
  let here = unwrap(schema)
  let current = value
  const path: (string | number)[] = []
  for (const raw of steps) {
    const step = typeof raw === 'number' ? raw : String(raw)
    // One verifier counts as a list of one: the file has no [0] there.
    const single = here.core._zod.def.type === 'array' && !Array.isArray(current)
    const next = childSchema(here.core, step, current)
    if (!single) {
      path.push(step)
      current = isMapValue(current) || Array.isArray(current) ? Reflect.get(current, step) : undefined
    }
    if (next === null) return { path, example: '', value: current, knownKeys: [] }
    schemaHere = next
    here = unwrap(next)
  }
  return { path, example: exampleOf(schemaHere, current), value: current, knownKeys: keysOf(here.core, current) }
}

function keysOf(core: z.core.$ZodTypes, value: unknown): readonly string[] {
  const def = core._zod.def
  if (def.type === 'object') return Object.keys(def.shape)
  if (def.type !== 'union' || !isMapValue(value)) return []
  const chosen = chosenOption(core, value)
  return chosen ? keysOf(unwrap(chosen).core, value) : []
}
