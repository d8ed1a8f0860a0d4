import { ApplicationFailure } from '@temporalio/common'
import { isDatabaseAway } from '../db/connect.js'
import { StaleEpoch } from '../db/stores/connection-store.js'
import { FAILURE_TYPES, type FailureDetails, type FailureType } from '../domain/failure-types.js'
import { ProviderError, type ProviderErrorKind } from '../providers/errors.js'

interface Handling {
  readonly type: FailureType
  readonly retry: boolean
  /** The shortest wait before another attempt, in milliseconds. */
  readonly atLeastMs?: number
}

/** How Temporal handles each kind of provider error. The only table. */
const FAILURES: Readonly<Record<ProviderErrorKind, Handling>> = {
  unavailable: { type: FAILURE_TYPES.unavailable, retry: true },
  'rate-limited': { type: FAILURE_TYPES.rateLimited, retry: true, atLeastMs: 1_000 },
  'timed-out': { type: FAILURE_TYPES.timedOut, retry: true },
  // a truncated or garbled answer is often whole the next time
  misread: { type: FAILURE_TYPES.misread, retry: true },
  // after an operator corrects our key the same call works: retry, but seldom
  unauthorized: { type: FAILURE_TYPES.unauthorized, retry: true, atLeastMs: 30_000 },
  // the provider's answer about this respondent or survey, or a request that it does not accept: a retry changes
  // nothing
  refused: { type: FAILURE_TYPES.refused, retry: false },
  rejected: { type: FAILURE_TYPES.rejected, retry: false },
  forged: { type: FAILURE_TYPES.forged, retry: false },
}

/** The longest Retry-After to honour, in milliseconds. */
const LONGEST_RETRY_AFTER_MS = 24 * 3_600_000

/**
 * Converts any error for Temporal: a provider's by the table with its Retry-After, a fenced attempt as final, any other
 * unchanged (Temporal retries unknown errors).
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
  if (isDatabaseAway(error))
    return ApplicationFailure.retryable('PostgreSQL is unavailable', FAILURE_TYPES.databaseAway)
  return error
}
