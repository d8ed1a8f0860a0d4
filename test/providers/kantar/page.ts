import { readFileSync } from 'node:fs'

/** The one update of the Kantar Gateway API's own example response, as it is printed there. */
const SAMPLE: Record<string, unknown> = JSON.parse(readFileSync(new URL('./sample.json', import.meta.url), 'utf8'))

/**
 * A page of a case's `updates`: each overrides the document's sample, so that a case shows only its own members.
 * `remove` in an update lists members to leave out, as dotted paths.
 */
export function pageOf(given: Record<string, unknown>): string {
  const updates = Array.isArray(given.updates) ? given.updates : [{}]
  return JSON.stringify(updates.map((update: Record<string, unknown>) => patched(update)))
}

function patched({ remove, ...patch }: Record<string, unknown>): unknown {
  const update = merged(structuredClone(SAMPLE), patch)
  for (const path of Array.isArray(remove) ? remove : []) removed(update, String(path).split('.'))
  return update
}

function merged(base: unknown, patch: unknown): unknown {
  if (!isPlain(base) || !isPlain(patch)) return patch
  const entries = Object.entries(patch).map(([name, value]) => [name, merged(base[name], value)] as const)
  return { ...base, ...Object.fromEntries(entries) }
}

function removed(value: unknown, [name = '', ...rest]: string[]): void {
  if (Array.isArray(value)) for (const item of value) removed(item, [name, ...rest])
  else if (isPlain(value) && rest.length > 0) removed(value[name], rest)
  else if (isPlain(value)) delete value[name]
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
