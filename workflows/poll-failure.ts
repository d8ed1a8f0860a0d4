import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow'
import { type FailureDetails, needsHuman } from '../domain/failure-types.js'

/** A failed poll as the loop sees it. */
export interface PollFailure {
  readonly type: string
  readonly reason: string
  /** True when an operator must act. */
  readonly blocked: boolean
  readonly retryAfterMs: number | null
  /** The provider's HTTP status, if there was one. */
  readonly status: number | null
}

/** Reads Temporal's wrapping of an activity's error. */
export function readFailure(error: unknown): PollFailure {
  const cause = error instanceof ActivityFailure ? error.cause : error
  if (cause instanceof TimeoutFailure) {
    const reason = `the activity timed out (${cause.timeoutType})`
    return { type: 'WorkerLost', reason, blocked: false, retryAfterMs: null, status: null }
  }
  if (cause instanceof ApplicationFailure) {
    const details = (cause.details?.[0] ?? {}) as FailureDetails
    const type = cause.type ?? 'Error'
    return {
      type,
      reason: cause.message.slice(0, 300),
      blocked: needsHuman(type),
      retryAfterMs: details.retryAfterMs ?? null,
      status: details.status ?? null,
    }
  }
  const reason = cause instanceof Error ? cause.message.slice(0, 300) : 'unknown'
  return { type: 'Error', reason, blocked: false, retryAfterMs: null, status: null }
}
