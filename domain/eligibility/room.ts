import { roomInPlan, roomInPlanQuota } from '../plan/counting.js'
import type { Quota } from '../survey.js'
import { quotaRemaining, surveyRemaining } from '../targeting/remaining.js'
import type { Facts } from './facts.js'

/**
 * Completes that can still be had of a survey; Infinity = not limited, 0 or less = full. What a plan of our own has left is
 * counted by its slots. Of other surveys we know what the provider says is left, and our own sessions under way may take
 * some of it.
 */
export function roomInSurvey({ survey, figures, plan }: Facts): number {
  if (plan !== null) return roomInPlan(plan)
  return surveyRemaining(survey, figures.inFlight, figures.conversionPercent)
}

/** The same of one quota; 0 for one that is paused or closed. */
export function roomInQuota({ figures, plan }: Facts, quota: Quota): number {
  if (plan === null) return quotaRemaining(quota, figures.inFlight, figures.conversionPercent)
  return quota.status === 'open' ? roomInPlanQuota(plan, quota.quotaId) : 0
}
