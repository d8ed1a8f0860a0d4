import { dirname, resolve } from 'node:path'
import type { ConnectionOf, ConnectionSchemas } from './connection-base.js'
import type { Fault } from './faults.js'
import { listAt } from './raw-lists.js'
import { readBySchema } from './schema-faults.js'
import { isMapValue } from './schema-walk.js'

/** Reads every connection by its provider's schema; null for one that could not be read. */
export function readConnections<Schemas extends ConnectionSchemas>(file: string, data: unknown, schemas: Schemas) {
  const faults: Fault[] = []
  const items = listAt(data, 'connections').map((raw, index): ConnectionOf<Schemas> | null => {
    const at = ['connections', index]
    if (!isMapValue(raw)) {
      faults.push({ path: at, text: 'must be a map of settings', example: '{ id: kantar-us, provider: kantar, … }' })
      return null
    }
    const schema = typeof raw.provider === 'string' ? schemas[raw.provider] : undefined
    if (!schema) {
      const names = Object.keys(schemas)
      const text = raw.provider === undefined ? 'is missing' : `must be one of ${names.join(', ')}`
      faults.push({ path: [...at, 'provider'], text, example: names[0] ?? 'kantar' })
      return null
    }
    const result = readBySchema(schema, withFileDefaults(raw, file, data), at)
    faults.push(...result.faults)
    return result.data as ConnectionOf<Schemas> | null
  })
  return { items, faults }
}

/** Defaults that need the whole file: how to name panelists, and where a relative path begins. */
export function withFileDefaults(raw: Record<string, unknown>, file: string, data: unknown): Record<string, unknown> {
  const attributes = typeof raw.attributes === 'string' ? resolve(dirname(file), raw.attributes) : raw.attributes
  return { ...raw, attributes, panelist_ids: raw.panelist_ids ?? panelistIdsFor(raw.id, data) }
}

/** When only one panel may use the connection, its ids cannot clash with another panel's, so they are sent bare. */
export function panelistIdsFor(connectionId: unknown, data: unknown): 'bare' | 'per_panel' {
  const users = listAt(data, 'panels').filter((panel) => {
    if (!isMapValue(panel)) return false
    return panel.connections === undefined || listAt(panel, 'connections').includes(connectionId)
  })
  return users.length === 1 ? 'bare' : 'per_panel'
}
