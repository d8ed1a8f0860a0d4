import { z } from 'zod'

/** What messages say about one setting; stored with its schema. */
export interface FieldNote {
  /** A good value, as it is written in the file. */
  readonly example?: string
  /** Never shown in full, in a fault line or by `tributary config`. */
  readonly secret?: true
  /** What applies when the setting is absent and its default is computed elsewhere. */
  readonly otherwise?: string
}

/** Every field type and section registers its note here; fault lines and `tributary config` read it. */
export const fieldNotes = z.registry<FieldNote>()

/** The example of a setting that belongs in the environment, not in a file. */
export function fromEnvironment(name: string): string {
  return `"\${${name}}"`
}
