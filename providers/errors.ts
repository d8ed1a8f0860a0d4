/**
 * The one vocabulary of upstream errors. `unavailable`, `rate-limited` and `timed-out` are worth a retry; `refused` is
 * the provider's answer about this respondent or survey; the others need a human or a code change.
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

/**
 * How long an effect lasts. refresh: until the provider's list is read again; day, week, month: 24 hours, 7 days, 30
 * days; tomorrow and next-week: until the next UTC day or Monday begins.
 */
export type EffectEnd = 'refresh' | 'day' | 'week' | 'month' | 'tomorrow' | 'next-week'

/** What a refusal says beyond this one respondent: stored, so that no other respondent is sent the same way. */
export type RefusalEffect =
  | { readonly kind: 'drop-quota'; readonly until: EffectEnd }
  | { readonly kind: 'drop-survey'; readonly until: EffectEnd }
  /** This panelist is not offered this survey again. */
  | { readonly kind: 'skip-survey' }
  /** This panelist is offered nothing of this connection. */
  | { readonly kind: 'block-panelist'; readonly until: EffectEnd }
  /** Our account or its settings are at fault: an operator has to look. */
  | { readonly kind: 'alarm' }

/** What an operator needs to see: the URL that was called and the answer. Never holds a secret or a profile. */
export interface ProviderEvidence {
  readonly url?: string
  readonly status?: number
  /** The first few hundred characters of the answer. */
  readonly bodyHead?: string
  /** How long the provider asks us to wait, in milliseconds. */
  readonly retryAfterMs?: number
  /** The provider's own error code. */
  readonly code?: string
  /** What follows from a refusal. */
  readonly effects?: readonly RefusalEffect[]
}

/** Thrown by adapters; `activities/failures.ts` alone decides what to retry. */
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
