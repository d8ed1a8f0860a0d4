import { roomInPlan, roomInPlanQuota } from '../plan/counting.js'
import type { Quota } from '../survey.js'
import { quotaRemaining, surveyRemaining } from '../targeting/remaining.js'
import type { Facts } from './facts.js'

/**
 * The remaining completes of a survey; Infinity = no limit, 0 or less = full. For our own plan it counts slots. For
 * other surveys it is the provider's figure less the expected completes of our sessions in flight.
 */
export function roomInSurvey({ survey, figures, plan }: Facts): number {
  if (plan !== null) return roomInPlan(plan)
  return surveyRemaining(survey, figures.inFlight, figures.conversionPercent)
}

/** The remaining completes of one quota; 0 for one that is paused or closed. */
export function roomInQuota({ figures, plan }: Facts, quota: Quota): number {
  if (plan === null) return quotaRemaining(quota, figures.inFlight, figures.conversionPercent)
  return quota.status === 'open' ? roomInPlanQuota(plan, quota.quotaId) : 0
}
