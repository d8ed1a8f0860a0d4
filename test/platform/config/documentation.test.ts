import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { configSchema } from '../../../platform/config/schema.js'
import { unwrap } from '../../../platform/config/schema-walk.js'
import { connectionSchemas } from '../../../providers/connection-schemas.js'

/** Every key that a schema knows, at any depth. */
function keysOf(schema: z.core.$ZodType): string[] {
  const def = unwrap(schema).core._zod.def
  if (def.type === 'object') return Object.entries(def.shape).flatMap(([key, child]) => [key, ...keysOf(child)])
  if (def.type === 'array') return keysOf(def.element)
  if (def.type === 'record') return keysOf(def.valueType)
  return def.type === 'union' ? def.options.flatMap((option) => keysOf(option)) : []
}

describe('docs/configuration.md', () => {
  const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')

  it('has every setting that the schemas know', () => {
    const keys = [configSchema, ...Object.values(connectionSchemas)].flatMap((schema) => keysOf(schema))
    const settings = [...new Set(keys)].filter((key) => !/^[A-Z_]+$/.test(key))
    expect(settings.length).toBeGreaterThan(80)
    const isThere = (key: string) => new RegExp(`[\`.{ ]${key}\\b`).test(page)
    expect(settings.filter((key) => !isThere(key))).toEqual([])
  })
})
