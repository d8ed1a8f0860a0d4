import { z } from 'zod'

/** What people are told about one setting, kept beside its schema. */
export interface FieldNote {
  /** A good value, as it is written in the file. */
  readonly example?: string
  /** Never shown in full, neither in a fault line nor by `tributary config`. */
  readonly secret?: true
  /** What applies when the setting is absent and the default is worked out elsewhere. */
  readonly otherwise?: string
}

/** Every field type and section notes itself here; fault lines and `tributary config` read it back. */
export const fieldNotes = z.registry<FieldNote>()

/** The example of a setting that belongs in the environment rather than in a file. */
export function fromEnvironment(name: string): string {
  return `"\${${name}}"`
}
