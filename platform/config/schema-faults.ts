import type { z } from 'zod'
import type { ConfigPath, Fault } from './faults.js'
import { childSchema, chosenOption, isMapValue, unwrap } from './schema-walk.js'

/**
 * Reads a value by its schema, and says everything that is wrong with it in our words.
 * @param at where the value stands in the file
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
  const example = seen.note.example
  const fault = (text: string): Fault => (example === undefined ? { path, text } : { path, text, example })

  if (issue.code === 'custom') return [fault(issue.message)]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...path, key], key, seen.knownKeys))
  }
  if (issue.code === 'invalid_key') {
    const reason = issue.issues[0]?.message ?? 'is not allowed here'
    return [{ path, text: `as a key ${reason}` }]
  }
  if (seen.value === undefined)
    return [fault(issue.code === 'invalid_union' ? `is missing: ${wanted(issue)}` : 'is missing')]
  return [fault(wanted(issue))]
}

const SHAPES: Record<string, string> = {
  object: 'must be a map of settings',
  record: 'must be a map',
  array: 'must be a list',
}

function wanted(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return SHAPES[issue.expected] ?? `must be of type ${issue.expected}`
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options))
    return `must be one of ${issue.options.join(', ')}`
  return issue.message
}

function unknownKey(path: ConfigPath, key: string, known: readonly string[]): Fault {
  const nearest = known.find((candidate) => isNear(key, candidate))
  const text = nearest ? `unknown key; did you mean ${nearest}?` : 'unknown key'
  return { path, text, example: `one of ${known.join(', ')}` }
}

/** True when one letter was changed, added, dropped or swapped, or only case, dashes and underscores differ. */
function isNear(typed: string, known: string): boolean {
  const plain = (word: string) => word.toLowerCase().replaceAll(/[-_]/g, '')
  const [left, right] = [plain(typed), plain(known)]
  if (left === right) return true
  if (Math.abs(left.length - right.length) > 1 || known.length < 4) return false
  const start = [...left].findIndex((letter, index) => letter !== right[index])
  const from = start === -1 ? left.length : start
  const [restLeft, restRight] = [left.slice(from), right.slice(from)]
  const swapped =
    restLeft[0] === restRight[1] && restLeft[1] === restRight[0] && restLeft.slice(2) === restRight.slice(2)
  return (
    swapped ||
    restLeft.slice(1) === restRight.slice(1) ||
    restLeft.slice(1) === restRight ||
    restLeft === restRight.slice(1)
  )
}

/** Follows an issue's path through schema and value together. */
function lookAlong(schema: z.core.$ZodType, value: unknown, steps: readonly PropertyKey[]) {
  let here = unwrap(schema)
  let current = value
  const path: (string | number)[] = []
  for (const raw of steps) {
    const step = typeof raw === 'number' ? raw : String(raw)
    // A single verifier stands for a list of one: the file has no [0] there.
    const single = here.core._zod.def.type === 'array' && !Array.isArray(current)
    const next = childSchema(here.core, step, current)
    if (!single) {
      path.push(step)
      current = isMapValue(current) || Array.isArray(current) ? Reflect.get(current, step) : undefined
    }
    if (next === null) return { path, note: {}, value: current, knownKeys: [] }
    here = unwrap(next)
  }
  return { path, note: here.note, value: current, knownKeys: keysOf(here.core, current) }
}

function keysOf(core: z.core.$ZodTypes, value: unknown): readonly string[] {
  const def = core._zod.def
  if (def.type === 'object') return Object.keys(def.shape)
  if (def.type !== 'union' || !isMapValue(value)) return []
  const chosen = chosenOption(core, value)
  return chosen ? keysOf(unwrap(chosen).core, value) : []
}
