import type { z } from 'zod'
import { type FieldNote, fieldNotes } from './field-notes.js'

/** A schema without its defaults and transforms, and the notes found on the way. */
export interface Unwrapped {
  readonly core: z.core.$ZodTypes
  readonly note: FieldNote
  /** The default, as the file would have it. */
  readonly standard: unknown
  readonly required: boolean
}

/** Removes defaults, optionality and transforms from a schema. */
export function unwrap(schema: z.core.$ZodType): Unwrapped {
  let core = schema as z.core.$ZodTypes
  let note: FieldNote = {}
  let standard: unknown
  let required = true
  for (;;) {
    note = { ...fieldNotes.get(core), ...note }
    const def = core._zod.def
    if (def.type === 'prefault' || def.type === 'default') {
      standard ??= def.defaultValue ?? undefined
      required = false
      core = def.innerType as z.core.$ZodTypes
    } else if (def.type === 'optional' || def.type === 'nullable') {
      required = required && def.type === 'nullable'
      core = def.innerType as z.core.$ZodTypes
    } else if (def.type === 'pipe') {
      const from = def.in as z.core.$ZodTypes
      // preprocess() is a pipe whose first half is the transform.
      core = from._zod.def.type === 'transform' ? (def.out as z.core.$ZodTypes) : from
    } else {
      return { core, note, standard, required }
    }
  }
}

/** The schema of one key or list position below a schema; null if there is none. `value` selects between variants. */
export function childSchema(parent: z.core.$ZodTypes, step: string | number, value: unknown): z.core.$ZodType | null {
  const def = parent._zod.def
  if (def.type === 'object') return def.shape[String(step)] ?? null
  if (def.type === 'record') return def.valueType
  if (def.type === 'array') return def.element
  if (def.type === 'union') {
    const option = chosenOption(parent, value)
    return option ? childSchema(unwrap(option).core, step, value) : null
  }
  return null
}

/** Of a discriminated union, the option whose `kind` the value names. */
export function chosenOption(union: z.core.$ZodTypes, value: unknown): z.core.$ZodType | null {
  const def = union._zod.def
  if (def.type !== 'union') return null
  const discriminator = 'discriminator' in def ? String(def.discriminator) : 'kind'
  const word = isMapValue(value) ? value[discriminator] : undefined
  const found = def.options.find(
    (option) => unwrap(option).core._zod.def.type === 'object' && hasWord(option, discriminator, word),
  )
  return found ?? null
}

function hasWord(option: z.core.$ZodType, discriminator: string, word: unknown): boolean {
  const kind = childSchema(unwrap(option).core, discriminator, undefined)
  const def = kind ? unwrap(kind).core._zod.def : null
  return def?.type === 'literal' && def.values.some((value) => value === word)
}

/** True for a map of the file. */
export function isMapValue(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** How the file writes a value of this schema: its own note, else built from the required keys. */
export function exampleOf(schema: z.core.$ZodType, value?: unknown): string {
  const { core, note } = unwrap(schema)
  if (note.example !== undefined) return note.example
  const def = core._zod.def
  if (def.type === 'literal') return String(def.values[0])
  if (def.type === 'array') return `[${exampleOf(def.element)}]`
  if (def.type === 'record') return `{ …: ${exampleOf(def.valueType)} }`
  if (def.type === 'union') {
    const option = chosenOption(core, value) ?? def.options[0]
    return option ? exampleOf(option) : '…'
  }
  if (def.type !== 'object') return '…'
  const keys = Object.entries(def.shape)
  const needed = keys.filter(([, child]) => unwrap(child).required)
  return `{ ${(needed.length > 0 ? needed : keys.slice(0, 1)).map(([key, child]) => `${key}: ${exampleOf(child)}`).join(', ')} }`
}
