import type { Quota, Survey } from '../survey.js'

/** Our own sessions in flight in one survey: each may use one of the remaining completes. */
export interface InFlight {
  readonly survey: number
  /** By quota id; a quota without sessions is absent. */
  readonly quotas: ReadonlyMap<string, number>
}

export const NOTHING_IN_FLIGHT: InFlight = { survey: 0, quotas: new Map() }

/**
 * The remaining completes less the expected completes of our sessions in flight.
 * @param available the provider's remaining completes; null = no limit
 * @param inFlight our sessions in flight there
 * @param conversionPercent how many of a hundred sessions complete
 * @returns Infinity = no limit; 0 or less = full
 */
export function remainingAfter(available: number | null, inFlight: number, conversionPercent: number): number {
  return available === null ? Number.POSITIVE_INFINITY : available - (inFlight * conversionPercent) / 100
}

/**
 * The remaining completes of the survey's own cap, in addition to the quotas' (Toluna: it may be less than their sum).
 */
export function surveyRemaining(survey: Survey, inFlight: InFlight, conversionPercent: number): number {
  return remainingAfter(survey.availableCompletes, inFlight.survey, conversionPercent)
}

/** The remaining completes of a quota; 0 for one that is paused or closed. */
export function quotaRemaining(quota: Quota, inFlight: InFlight, conversionPercent: number): number {
  if (quota.status !== 'open') return 0
  return remainingAfter(quota.available, inFlight.quotas.get(quota.quotaId) ?? 0, conversionPercent)
}
