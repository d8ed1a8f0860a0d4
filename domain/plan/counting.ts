import type { PlanPolicy, SurveyPlan } from './survey-plan.js'

/** How many of something a plan has: in all, by quota, by panel. What is absent is 0. */
export interface PlanCounts {
  readonly plan: number
  readonly quotas: ReadonlyMap<string, number>
  readonly panels: ReadonlyMap<string, number>
}

/**
 * What a session has of its plan. held: a whole slot until its outcome or `hold_ttl`. provisional: a complete that is
 * not proven yet keeps it. filled: a payable complete. released: given back. none: never entered.
 */
export type Slot = 'none' | 'held' | 'provisional' | 'filled' | 'released'

/** Why there is no room; null = there is. */
export type NoRoom =
  | { readonly kind: 'plan_full' }
  | { readonly kind: 'quota_full'; readonly quotaId: string }
  | { readonly kind: 'allocation_reached' }
  | { readonly kind: 'soft_launch' }

/**
 * Who wants a slot. entry: a respondent at the door, within the target. late: a complete whose hold is gone, which may
 * also use the agreed overage (docs/buyers.md, Counting).
 */
export type Wanted = 'entry' | 'late'

/** What decides about one more slot. */
export interface Counting {
  readonly plan: Pick<SurveyPlan, 'targetCompletes' | 'quotas'>
  readonly policy: PlanPolicy
  /** True once the full launch has begun, or where there is no soft launch. */
  readonly fullyLaunched: boolean
  /** Payable completes. */
  readonly completes: PlanCounts
  /** Slots that are held or provisional now. */
  readonly held: PlanCounts
}

/**
 * Whether one more slot can be taken. Completes and held slots together never pass the target for an entry, nor target
 * plus overage for a late complete; since a held slot becomes at most one complete, payable completes can never pass
 * target plus overage, whatever happens at the same time (docs/buyers.md, Counting). The caller holds the plan's row
 * lock.
 * @param quotaIds the quotas that the respondent takes a slot of
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

/** The same of one quota; Infinity where the plan alone caps it. */
export function roomInPlanQuota({ plan, completes, held }: Counting, quotaId: string): number {
  const target = plan.quotas.find(({ id }) => id === quotaId)?.targetCompletes
  if (target === undefined) return Number.POSITIVE_INFINITY
  return target - of(completes.quotas, quotaId) - of(held.quotas, quotaId)
}

/** What one panel may still take. */
export function roomForPanel({ plan, policy, completes, held }: Counting, panel: string): number {
  return panelCap(plan.targetCompletes, policy, panel) - of(completes.panels, panel) - of(held.panels, panel)
}

/** What is left of the soft launch; Infinity where there is none, or once the full launch has begun. */
export function roomInSoftLaunch({ policy, fullyLaunched, completes, held }: Counting): number {
  if (policy.softLaunch === null || fullyLaunched) return Number.POSITIVE_INFINITY
  return policy.softLaunch.completes - completes.plan - held.plan
}

/**
 * The completes which one panel may reach: allocation + flexibility x (total - allocation), rounded down (PureSpectrum
 * Supply API, Overview: 100 % = any single supplier may take all, 0 % = only what it was allocated). Without
 * allocations: all.
 */
export function panelCap(total: number, policy: Pick<PlanPolicy, 'allocations' | 'flexibilityPercent'>, panel: string) {
  if (Object.keys(policy.allocations).length === 0) return total
  const allocation = Math.min(policy.allocations[panel] ?? 0, total)
  return allocation + Math.floor(((total - allocation) * policy.flexibilityPercent) / 100)
}

/**
 * What is still wanted of the whole plan: target less payable completes; holds are not shown (docs/buyers.md,
 * Counting).
 */
export function availableOfPlan({ plan, completes }: Pick<Counting, 'plan' | 'completes'>): number {
  return Math.max(0, plan.targetCompletes - completes.plan)
}

/** The same of one quota; null where the plan alone caps it. */
export function availableOfQuota({ plan, completes }: Pick<Counting, 'plan' | 'completes'>, quotaId: string) {
  const target = plan.quotas.find(({ id }) => id === quotaId)?.targetCompletes
  return target === undefined ? null : Math.max(0, target - of(completes.quotas, quotaId))
}

const of = (counts: ReadonlyMap<string, number>, key: string): number => counts.get(key) ?? 0
