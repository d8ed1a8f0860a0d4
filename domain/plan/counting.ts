import type { PlanPolicy, SurveyPlan } from './survey-plan.js'

/** Counts of a plan: in total, by quota, by panel. Absent = 0. */
export interface PlanCounts {
  readonly plan: number
  readonly quotas: ReadonlyMap<string, number>
  readonly panels: ReadonlyMap<string, number>
}

/**
 * The state of a session's slot. held: from the entry until the outcome or `hold_ttl`. provisional: kept for a complete
 * that is not proven yet. filled: by a payable complete. released: free again. none: never entered.
 */
export type Slot = 'none' | 'held' | 'provisional' | 'filled' | 'released'

/** Why there is no room. */
export type NoRoom =
  | { readonly kind: 'plan_full' }
  | { readonly kind: 'quota_full'; readonly quotaId: string }
  | { readonly kind: 'allocation_reached' }
  | { readonly kind: 'soft_launch' }

/**
 * What needs a slot. entry: a respondent who enters, within the target. late: a complete without a hold, which may also
 * use the agreed overage (docs/buyers.md, Counting).
 */
export type Wanted = 'entry' | 'late'

/** The counts that decide about one more slot. */
export interface Counting {
  readonly plan: Pick<SurveyPlan, 'targetCompletes' | 'quotas'>
  readonly policy: PlanPolicy
  /** True once the full launch has begun, or without a soft launch. */
  readonly fullyLaunched: boolean
  /** Payable completes. */
  readonly completes: PlanCounts
  /** Slots that are held or provisional now. */
  readonly held: PlanCounts
}

/**
 * Checks whether one more slot is free. For an entry, completes and held slots together stay within the target; for a
 * late complete, within target plus overage. Because a held slot becomes at most one complete, payable completes never
 * exceed target plus overage, also under concurrency (docs/buyers.md, Counting). The caller holds the plan's row lock.
 * @param quotaIds the quotas in which the respondent takes a slot
 */
export function noRoomFor(
  counting: Counting,
  panel: string,
  quotaIds: readonly string[],
  wanted: Wanted,
): NoRoom | null {
  const beyond = wanted === 'late' ? counting.policy.overage : 0
  if (roomInPlan(counting) + beyond <= 0) return { kind: 'plan_full' }
  for (const quotaId of quotaIds) {
    if (roomInPlanQuota(counting, quotaId) + beyond <= 0) return { kind: 'quota_full', quotaId }
  }
  if (roomForPanel(counting, panel) + beyond <= 0) return { kind: 'allocation_reached' }
  if (wanted === 'entry' && roomInSoftLaunch(counting) <= 0) return { kind: 'soft_launch' }
  return null
}

/** Slots of the plan that are neither completed nor held; 0 or less = full. */
export function roomInPlan({ plan, completes, held }: Counting): number {
  return plan.targetCompletes - completes.plan - held.plan
}

/** Free slots of one quota; Infinity where only the plan caps it. */
export function roomInPlanQuota({ plan, completes, held }: Counting, quotaId: string): number {
  const target = plan.quotas.find(({ id }) => id === quotaId)?.targetCompletes
  if (target === undefined) return Number.POSITIVE_INFINITY
  return target - of(completes.quotas, quotaId) - of(held.quotas, quotaId)
}

/** The remaining slots of one panel. */
export function roomForPanel({ plan, policy, completes, held }: Counting, panel: string): number {
  return panelCap(plan.targetCompletes, policy, panel) - of(completes.panels, panel) - of(held.panels, panel)
}

/** The remaining slots of the soft launch; Infinity without one, or once the full launch has begun. */
export function roomInSoftLaunch({ policy, fullyLaunched, completes, held }: Counting): number {
  if (policy.softLaunch === null || fullyLaunched) return Number.POSITIVE_INFINITY
  return policy.softLaunch.completes - completes.plan - held.plan
}

/**
 * The most completes of one panel: allocation + flexibility x (total - allocation), rounded down (PureSpectrum Supply
 * API, Overview: 100 % = any single supplier may take all, 0 % = only what it was allocated). Without allocations: all.
 */
export function panelCap(total: number, policy: Pick<PlanPolicy, 'allocations' | 'flexibilityPercent'>, panel: string) {
  if (Object.keys(policy.allocations).length === 0) return total
  const allocation = Math.min(policy.allocations[panel] ?? 0, total)
  return allocation + Math.floor(((total - allocation) * policy.flexibilityPercent) / 100)
}

/**
 * The remaining completes of the plan: target less payable completes, without regard to holds (docs/buyers.md,
 * Counting).
 */
export function availableOfPlan({ plan, completes }: Pick<Counting, 'plan' | 'completes'>): number {
  return Math.max(0, plan.targetCompletes - completes.plan)
}

/** The remaining completes of one quota; null where only the plan caps it. */
export function availableOfQuota({ plan, completes }: Pick<Counting, 'plan' | 'completes'>, quotaId: string) {
  const target = plan.quotas.find(({ id }) => id === quotaId)?.targetCompletes
  return target === undefined ? null : Math.max(0, target - of(completes.quotas, quotaId))
}

const of = (counts: ReadonlyMap<string, number>, key: string): number => counts.get(key) ?? 0
