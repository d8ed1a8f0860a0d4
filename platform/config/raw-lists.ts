import { isMapValue } from './schema-walk.js'

/** The list under a key of a map as in the file; empty when there is none, so that checks can continue. */
export function listAt(map: unknown, key: string): readonly unknown[] {
  const value = isMapValue(map) ? map[key] : undefined
  return Array.isArray(value) ? value : []
}

/** The text under a key of a map as in the file; null when it is not text. */
export function textAt(map: unknown, key: string): string | null {
  const value = isMapValue(map) ? map[key] : undefined
  return typeof value === 'string' ? value : null
}
