import type { Verifier } from '../config/verification-schema.js'
import type { Naming } from './covering.js'

/** How one arrival route is proven, as configuration has it. */
export interface VerificationConfig {
  /** All must hold. */
  readonly verify: readonly Verifier[]
  readonly unsigned: 'refuse' | 'not_completed'
  /** The fields that are read, by their names in this account; without it any may be, so none may be ambiguous. */
  readonly fields?: Readonly<Record<string, string>>
  /** Which of them name the session: those must be covered by the signature. Without it none does. */
  readonly naming?: Naming
}
