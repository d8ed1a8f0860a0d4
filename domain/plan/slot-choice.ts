import type { Quota } from '../survey.js'
import type { ExpandedProfile } from '../targeting/expand.js'
import { evaluateQuota } from '../targeting/quota.js'
import { type PlanStanding, surveyOfPlan } from './plan-survey.js'

/** The quotas in which a respondent takes a slot, in addition to the plan and the panel's allocation. */
export interface Slots {
  /** The quota whose price is paid; null where the plan has none. */
  readonly quotaId: string | null
  readonly quotaIds: readonly string[]
}

/**
 * The slots of a session at a quota: that quota's, and with `quotaRule` every those of every quota that fits the
 * profile. `decide` checks whether they are open and have room.
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
