import { ApplicationFailure } from '@temporalio/common'
import { isDatabaseAway } from '../db/connect.js'
import { StaleEpoch } from '../db/stores/connection-store.js'
import { ProviderError, type ProviderErrorKind } from '../providers/errors.js'

interface Handling {
  readonly type: string
  readonly retry: boolean
  /** Milliseconds before another attempt at least. */
  readonly atLeastMs?: number
}

/** What Temporal does with each kind of provider error. The one table. */
const FAILURES: Readonly<Record<ProviderErrorKind, Handling>> = {
  unavailable: { type: 'ProviderUnavailable', retry: true },
  'rate-limited': { type: 'ProviderRateLimited', retry: true, atLeastMs: 1_000 },
  'timed-out': { type: 'ProviderTimedOut', retry: true },
  // a cut or garbled answer is often whole the next time
  misread: { type: 'ProviderMisread', retry: true },
  // our key is mended in configuration, and then the same call works: worth a try now and then, not a hammering
  unauthorized: { type: 'ProviderUnauthorized', retry: true, atLeastMs: 30_000 },
  // the provider's answer about this respondent or survey, or a call it will not take: asking again changes nothing
  refused: { type: 'ProviderRefused', retry: false },
  rejected: { type: 'ProviderRejected', retry: false },
  forged: { type: 'ProviderForged', retry: false },
}

/** The `type` of failures that say something to a workflow. */
export const FAILURE_TYPES = {
  unauthorized: FAILURES.unauthorized.type,
  rejected: FAILURES.rejected.type,
  staleEpoch: 'StaleEpoch',
  databaseAway: 'DatabaseAway',
  notConfigured: 'ConnectionNotConfigured',
} as const

/** The longest a provider may make us wait, in milliseconds. */
const LONGEST_RETRY_AFTER_MS = 60 * 60_000

/** What a failure tells the workflow beside its type: no page, no body, no secret. */
export interface FailureDetails {
  readonly status?: number
  readonly retryAfterMs?: number
}

/**
 * Any error as Temporal should see it: a provider's by the table with its Retry-After, a fenced attempt as final,
 * everything else as it is (Temporal retries what it does not know).
 */
export function toTemporalFailure(error: unknown): unknown {
  if (error instanceof ProviderError) {
    const { type, retry, atLeastMs } = FAILURES[error.kind]
    const { status, retryAfterMs } = error.evidence
    const asked = retryAfterMs === undefined ? undefined : Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS)
    const waitMs = asked === undefined && atLeastMs === undefined ? undefined : Math.max(asked ?? 0, atLeastMs ?? 0)
    const details: FailureDetails = {
      ...(status === undefined ? {} : { status }),
      ...(asked === undefined ? {} : { retryAfterMs: asked }),
    }
    return ApplicationFailure.create({
      message: error.message,
      type,
      nonRetryable: !retry,
      details: [details],
      cause: error,
      ...(waitMs === undefined ? {} : { nextRetryDelay: waitMs }),
    })
  }
  if (error instanceof StaleEpoch) return ApplicationFailure.nonRetryable(error.message, FAILURE_TYPES.staleEpoch)
  if (isDatabaseAway(error)) return ApplicationFailure.retryable('PostgreSQL is away', FAILURE_TYPES.databaseAway)
  return error
}
