import type { z } from 'zod'
import type { ConnectionSchemas } from './connection-base.js'
import { withFileDefaults } from './connections.js'
import type { SourceDocument } from './document.js'
import { type ConfigPath, formatPath } from './faults.js'
import { maskSecret } from './mask.js'
import { configSchema } from './schema.js'
import { childSchema, chosenOption, isMapValue, unwrap } from './schema-walk.js'

/** One setting, ready to show: a secret is already masked. */
export interface Setting {
  /** `connections[0].poll`, or the name of an environment variable. */
  readonly name: string
  readonly value: string
  /** `tributary.yaml:12`, `env NAME`, or `default`. */
  readonly source: string
}

/** Shown for a setting that is absent and has no default. */
const NOTHING = 'none'

/**
 * Lists every setting of a configuration, including absent ones with their defaults.
 * @param label the file's name in the sources
 */
export function listSettings(document: SourceDocument, schemas: ConnectionSchemas, label: string): Setting[] {
  const data = isMapValue(document.data) ? document.data : {}

  const sourceOf = (path: ConfigPath): string => {
    const place = document.places.get(formatPath(path))
    if (!place) return 'default'
    const variables = place.variables.map((name) => `env ${name}`).join(', ')
    const where = `${place.file ?? label}:${place.line}`
    return variables === '' ? where : `${variables} (${where})`
  }

  const walk = (schema: z.core.$ZodType, value: unknown, path: ConfigPath): Setting[] => {
    const { core, note, standard } = unwrap(schema)
    const name = formatPath(path)
    if (value === undefined) {
      if (standard !== undefined && isContainer(core)) return walkContainer(core, standard, path)
      return [{ name, value: standard === undefined ? (note.otherwise ?? NOTHING) : show(standard), source: 'default' }]
    }
    if (note.secret) return [{ name, value: maskSecret(value), source: sourceOf(path) }]
    if (isContainer(core)) return walkContainer(core, value, path)
    return [{ name, value: show(value), source: sourceOf(path) }]
  }

  const walkContainer = (core: z.core.$ZodTypes, value: unknown, path: ConfigPath): Setting[] => {
    const def = core._zod.def
    if (def.type === 'array') {
      const items = Array.isArray(value) ? value : [value]
      if (items.every((item) => typeof item === 'string'))
        return [{ name: formatPath(path), value: show(value), source: sourceOf(path) }]
      // One verifier counts as a list of one: its settings have no [0] in the file.
      return items.flatMap((item, index) => walk(def.element, item, Array.isArray(value) ? [...path, index] : path))
    }
    const variant = chosenOption(core, value)
    if (variant) return walkContainer(unwrap(variant).core, value, path)
    const map = isMapValue(value) ? value : {}
    const keys = def.type === 'object' ? Object.keys(def.shape) : Object.keys(map)
    if (keys.length === 0) return [{ name: formatPath(path), value: NOTHING, source: sourceOf(path) }]
    return keys.flatMap((key) => {
      const child = childSchema(core, key, value)
      return child ? walk(child, map[key], [...path, key]) : []
    })
  }

  const { connections, ...rest } = data
  const top = walk(configSchema, rest, []).filter((setting) => setting.name !== 'connections')
  const list = Array.isArray(connections) ? connections : []
  const own = list.flatMap((raw: unknown, index) => {
    const schema = isMapValue(raw) && typeof raw.provider === 'string' ? schemas[raw.provider] : undefined
    if (!schema || !isMapValue(raw)) return []
    return walk(schema, withFileDefaults(raw, document.file, data), ['connections', index])
  })
  return [...top, ...own]
}

function isContainer(core: z.core.$ZodTypes): boolean {
  return ['object', 'record', 'array', 'union'].includes(core._zod.def.type)
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? NOTHING : value.map(show).join(', ')
  if (isMapValue(value)) return JSON.stringify(value)
  return String(value).replaceAll(/\s+/g, ' ')
}
