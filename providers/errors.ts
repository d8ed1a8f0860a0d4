/**
 * The one vocabulary of what goes wrong upstream. `unavailable`, `rate-limited` and `timed-out` are worth another try;
 * `refused` is the provider's answer about this respondent or survey; the others need a human or a code change.
 */
export type ProviderErrorKind =
  | 'unavailable'
  | 'rate-limited'
  | 'timed-out'
  | 'refused'
  | 'rejected'
  | 'unauthorized'
  | 'misread'
  | 'forged'

/** What an operator needs to see: where we called, what came back. Never holds a secret or a profile. */
export interface ProviderEvidence {
  readonly url?: string
  readonly status?: number
  /** The first few hundred characters of the answer. */
  readonly bodyHead?: string
  /** How long the provider asks us to wait, in milliseconds. */
  readonly retryAfterMs?: number
  /** The provider's own code for it. */
  readonly code?: string
}

/** Thrown by adapters; `activities/failures.ts` alone decides what is retried. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
  constructor(
    readonly kind: ProviderErrorKind,
    message: string,
    readonly evidence: ProviderEvidence = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
