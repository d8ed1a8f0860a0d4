import { isMapValue } from './schema-walk.js'

/** The list under a key of a map as the file has it; empty when there is none, so that checks can go on. */
export function listAt(map: unknown, key: string): readonly unknown[] {
  const value = isMapValue(map) ? map[key] : undefined
  return Array.isArray(value) ? value : []
}

/** The text under a key of a map as the file has it; null when it is something else. */
export function textAt(map: unknown, key: string): string | null {
  const value = isMapValue(map) ? map[key] : undefined
  return typeof value === 'string' ? value : null
}
