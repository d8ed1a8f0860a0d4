import { ApplicationFailure } from '@temporalio/common'
import { isDatabaseAway } from '../db/connect.js'
import { StaleEpoch } from '../db/stores/connection-store.js'
import { FAILURE_TYPES, type FailureDetails, type FailureType } from '../domain/failure-types.js'
import { ProviderError, type ProviderErrorKind } from '../providers/errors.js'

interface Handling {
  readonly type: FailureType
  readonly retry: boolean
  /** Milliseconds before another attempt at least. */
  readonly atLeastMs?: number
}

/** What Temporal does with each kind of provider error. The one table. */
const FAILURES: Readonly<Record<ProviderErrorKind, Handling>> = {
  unavailable: { type: FAILURE_TYPES.unavailable, retry: true },
  'rate-limited': { type: FAILURE_TYPES.rateLimited, retry: true, atLeastMs: 1_000 },
  'timed-out': { type: FAILURE_TYPES.timedOut, retry: true },
  // a cut or garbled answer is often whole the next time
  misread: { type: FAILURE_TYPES.misread, retry: true },
  // our key is mended in configuration, and then the same call works: worth a try now and then, not a hammering
  unauthorized: { type: FAILURE_TYPES.unauthorized, retry: true, atLeastMs: 30_000 },
  // the provider's answer about this respondent or survey, or a call it will not take: asking again changes nothing
  refused: { type: FAILURE_TYPES.refused, retry: false },
  rejected: { type: FAILURE_TYPES.rejected, retry: false },
  forged: { type: FAILURE_TYPES.forged, retry: false },
}

/** The longest a provider may make us wait, in milliseconds. */
const LONGEST_RETRY_AFTER_MS = 24 * 3_600_000

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
