import type { Quota, Survey } from '../survey.js'

/** Our own sessions that are under way in one survey: each may take one of the completes that are left. */
export interface InFlight {
  readonly survey: number
  /** By quota id; a quota without sessions is absent. */
  readonly quotas: ReadonlyMap<string, number>
}

export const NOTHING_IN_FLIGHT: InFlight = { survey: 0, quotas: new Map() }

/**
 * Completes that can still be had when our sessions in flight are counted at the rate at which they become completes.
 * @param available what the provider says is left; null = not limited
 * @param inFlight our sessions under way there
 * @param conversionPercent how many of a hundred sessions complete
 * @returns Infinity where nothing limits; 0 or less = full
 */
export function remainingAfter(available: number | null, inFlight: number, conversionPercent: number): number {
  return available === null ? Number.POSITIVE_INFINITY : available - (inFlight * conversionPercent) / 100
}

/** What is left of the survey's own cap; it holds beside the quotas' (Toluna: it may be less than their sum). */
export function surveyRemaining(survey: Survey, inFlight: InFlight, conversionPercent: number): number {
  return remainingAfter(survey.availableCompletes, inFlight.survey, conversionPercent)
}

/** What is left of a quota; 0 for one that is paused or closed. */
export function quotaRemaining(quota: Quota, inFlight: InFlight, conversionPercent: number): number {
  if (quota.status !== 'open') return 0
  return remainingAfter(quota.available, inFlight.quotas.get(quota.quotaId) ?? 0, conversionPercent)
}
