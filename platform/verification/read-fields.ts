import type { ParsedArrival } from './arrival.js'
import type { VerificationConfig } from './verification-config.js'

/**
 * Query and body for an adapter: each field that it reads has its configured name, whatever its case in the arrival,
 * and must not be ambiguous; an ambiguous parameter that is not read is left out.
 * @param leftOut names that must not be read
 * @throws VerificationError 'malformed' when a field that the adapter or a signature reads is ambiguous
 */
export function readFields(
  { fields: named, naming, verify }: VerificationConfig,
  { fields }: ParsedArrival,
  leftOut: readonly string[],
): Record<string, unknown> {
  const signed = verify.flatMap((one) => ('over' in one && one.over.kind === 'fields' ? one.over.names : []))
  const read = [...signed, ...(naming?.hints ?? []), ...(named === undefined ? fields.names() : Object.values(named))]
  const [taken, out] = [new Set(read.map(folded)), new Set(leftOut.map(folded))]
  const values = new Map<string, unknown>()
  for (const name of fields.names()) {
    if (!taken.has(folded(name)) && fields.isClear(name)) values.set(name, fields.find(name)?.value)
  }
  for (const name of read) {
    const parameter = out.has(folded(name)) ? undefined : fields.find(name)
    if (parameter !== undefined) values.set(name, parameter.value)
  }
  return Object.fromEntries(values)
}

function folded(name: string): string {
  return name.toLowerCase()
}
