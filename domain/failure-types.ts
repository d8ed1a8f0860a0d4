/** The `type` of an activity's failure that a workflow acts on; shared by the activities and the workflows. */
export const FAILURE_TYPES = {
  unavailable: 'ProviderUnavailable',
  rateLimited: 'ProviderRateLimited',
  timedOut: 'ProviderTimedOut',
  misread: 'ProviderMisread',
  unauthorized: 'ProviderUnauthorized',
  refused: 'ProviderRefused',
  rejected: 'ProviderRejected',
  forged: 'ProviderForged',
  staleEpoch: 'StaleEpoch',
  databaseAway: 'DatabaseAway',
  notConfigured: 'ConnectionNotConfigured',
} as const

export type FailureType = (typeof FAILURE_TYPES)[keyof typeof FAILURE_TYPES]

/** Failures that a retry does not fix: a person must change the configuration, the account or the code. */
export function needsHuman(type: string): boolean {
  return type === FAILURE_TYPES.unauthorized || type === FAILURE_TYPES.rejected || type === FAILURE_TYPES.notConfigured
}

/** Further details of a failure: no page, no body, no secret. */
export interface FailureDetails {
  readonly status?: number
  /** How long the provider asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number
}
