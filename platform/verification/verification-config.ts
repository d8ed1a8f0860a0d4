import type { Verifier } from '../config/verification-schema.js'
import type { Naming } from './covering.js'

/** How to verify one arrival route, from configuration. */
export interface VerificationConfig {
  /** All must hold. */
  readonly verify: readonly Verifier[]
  readonly unsigned: 'refuse' | 'not_completed'
  /** The fields to read, by their names in this account; without it all may be read, so none may be ambiguous. */
  readonly fields?: Readonly<Record<string, string>>
  /** Which of them name the session: the signature must cover those. Absent = none does. */
  readonly naming?: Naming
}
