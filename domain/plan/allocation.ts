import { type Counting, panelCap, roomForPanel, roomInPlan, roomInPlanQuota, roomInSoftLaunch } from './counting.js'

/** What one panel has of a survey, and what is kept for it (PureSpectrum Supply API, supplier_completes). */
export interface SupplierCompletes {
  /** achieved + remaining. */
  readonly needed: number
  /** Its own payable completes. */
  readonly achieved: number
  /** What it may still complete: within its cap, and within what the whole survey wants. */
  readonly remaining: number
  /** The minimum that is kept for it; null = nothing is, which is not a guarantee of 0. */
  readonly guaranteed: { readonly allocation: number; readonly remaining: number } | null
}

/**
 * What a panel is told of its completes in one of our own plans: target 24, allocation 10 and 3 completes of its own
 * are needed 24, achieved 3, remaining 21, guaranteed 10 and 7 remaining (PureSpectrum Supply API, Use). The guarantee
 * is what the buyer allocated, less what is achieved, never below 0 however the buyer changes it (Important
 * Considerations).
 */
export function supplierCompletes(
  { plan, policy, completes }: Pick<Counting, 'plan' | 'policy' | 'completes'>,
  panel: string,
): SupplierCompletes {
  const achieved = completes.panels.get(panel) ?? 0
  const ofPanel = panelCap(plan.targetCompletes, policy, panel) - achieved
  const ofPlan = plan.targetCompletes - completes.plan
  const remaining = Math.max(0, Math.min(ofPanel, ofPlan))
  const allocation = Math.min(policy.allocations[panel] ?? 0, plan.targetCompletes)
  return {
    needed: achieved + remaining,
    achieved,
    remaining,
    guaranteed: allocation > 0 ? { allocation, remaining: Math.max(0, allocation - achieved) } : null,
  }
}

/**
 * How many of a panel's respondents could get in at this moment: what is neither completed nor held of the plan, of the
 * quota, of the panel's cap and of a soft launch (PureSpectrum Supply API, currently_open: below remaining while it is
 * throttled). Whether plan and quota are open at all is for the caller to say.
 * @param quotaId null = by no quota
 */
export function openNow(counting: Counting, panel: string, quotaId: string | null): number {
  const ofQuota = quotaId === null ? Number.POSITIVE_INFINITY : roomInPlanQuota(counting, quotaId)
  return Math.max(0, Math.min(roomInPlan(counting), roomForPanel(counting, panel), ofQuota, roomInSoftLaunch(counting)))
}
