import { type Counting, panelCap, roomForPanel, roomInPlan, roomInPlanQuota, roomInSoftLaunch } from './counting.js'

/** One panel's completes of a survey, and its guaranteed allocation (PureSpectrum Supply API, supplier_completes). */
export interface SupplierCompletes {
  /** achieved + remaining. */
  readonly needed: number
  /** Its own payable completes. */
  readonly achieved: number
  /** Its remaining completes, limited by its cap and by the target of the whole survey. */
  readonly remaining: number
  /** Its guaranteed minimum; null = none, which differs from a guarantee of 0. */
  readonly guaranteed: { readonly allocation: number; readonly remaining: number } | null
}

/**
 * The completes of a panel in one of our own plans, as shown to the panel: target 24, allocation 10 and 3 completes of
 * its own are needed 24, achieved 3, remaining 21, guaranteed 10 and 7 remaining (PureSpectrum Supply API, Use). The
 * remaining guarantee is the allocation less the achieved completes, never below 0, also after the buyer changes it
 * (Important Considerations).
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
 * How many of a panel's respondents can enter now: the least of the free slots of the plan, the quota, the panel's cap
 * and the soft launch (PureSpectrum Supply API, currently_open: below remaining while it is throttled). The caller
 * checks whether plan and quota are open.
 * @param quotaId null = no quota
 */
export function openNow(counting: Counting, panel: string, quotaId: string | null): number {
  const ofQuota = quotaId === null ? Number.POSITIVE_INFINITY : roomInPlanQuota(counting, quotaId)
  return Math.max(0, Math.min(roomInPlan(counting), roomForPanel(counting, panel), ofQuota, roomInSoftLaunch(counting)))
}
