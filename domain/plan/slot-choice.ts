import type { Quota } from '../survey.js'
import type { ExpandedProfile } from '../targeting/expand.js'
import { evaluateQuota } from '../targeting/quota.js'
import { type PlanStanding, surveyOfPlan } from './plan-survey.js'

/** What a respondent takes a slot of, beside the plan itself and the panel's allocation. */
export interface Slots {
  /** The quota whose price is paid; null where the plan has none. */
  readonly quotaId: string | null
  readonly quotaIds: readonly string[]
}

/**
 * The slots that a session at a quota takes: that quota's, and where the plan counts a respondent in every quota that they
 * belong in (`quotaRule` every), those of every quota that the profile tells. Whether there is room in them, and whether
 * they are open, `decide` says.
 * @param profile in the gateway's vocabulary
 * @param quotaId the quota that is paid
 */
export function slotsOf(standing: PlanStanding, profile: ExpandedProfile, quotaId: string | null): Slots {
  if (quotaId === null) return { quotaId, quotaIds: [] }
  if (standing.plan.quotaRule === 'first') return { quotaId, quotaIds: [quotaId] }
  const belonging = surveyOfPlan(standing).quotas.filter((quota) => fits(quota, profile))
  return { quotaId, quotaIds: [...new Set([quotaId, ...belonging.map((one) => one.quotaId)])] }
}

const fits = (quota: Quota, profile: ExpandedProfile): boolean =>
  evaluateQuota(quota, profile, Number.POSITIVE_INFINITY).fits !== 'no'
