/** The `type` of an activity's failure, where a workflow acts on it: said once, for those who throw and those who read. */
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

/** Failures that waiting does not cure: a person has to change the configuration, the account or the code. */
export function needsHuman(type: string): boolean {
  return type === FAILURE_TYPES.unauthorized || type === FAILURE_TYPES.rejected || type === FAILURE_TYPES.notConfigured
}

/** What a failure tells beside its type and message: no page, no body, no secret. */
export interface FailureDetails {
  readonly status?: number
  /** How long the provider asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number
}
