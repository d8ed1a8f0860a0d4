import type { PlanStanding } from './plan-survey.js'
import type { PlanPolicy, SoftLaunch } from './survey-plan.js'

/** A buyer's change of a policy; absent fields do not change. */
export interface PolicyChange {
  readonly overage?: number | undefined
  readonly acceptUnsigned?: boolean | undefined
  readonly flexibilityPercent?: number | undefined
  /** Panel, compared without case -> its allocation; null removes it. */
  readonly allocations?: Readonly<Record<string, number | null>> | undefined
  /** null = no soft launch. */
  readonly softLaunch?: SoftLaunch | null | undefined
}

/** A fault of a change, by the API's name of the field. */
export interface PolicyFault {
  readonly field: string
  readonly message: string
}

/**
 * Merges a buyer's change into a plan's policy and validates the result. The overage must cover the completes and held
 * slots that are already beyond a target, because they stay payable.
 */
export function mergePolicy(
  { plan, policy, completes, held }: Pick<PlanStanding, 'plan' | 'policy' | 'completes' | 'held'>,
  change: PolicyChange,
): { policy: PlanPolicy; faults: readonly PolicyFault[] } {
  const faults: PolicyFault[] = []
  const allocations = { ...policy.allocations }
  for (const [name, allocation] of Object.entries(change.allocations ?? {})) {
    const panel = plan.targetPanels.find((id) => id.toLowerCase() === name.toLowerCase())
    if (panel === undefined) {
      const field = `allocations.${name}`
      faults.push({ field, message: `is not a panel that this plan targets: ${plan.targetPanels.join(', ')}` })
    } else if (allocation === null) delete allocations[panel]
    else allocations[panel] = allocation
  }
  const allocated = Object.values(allocations).reduce((sum, allocation) => sum + allocation, 0)
  if (allocated > plan.targetCompletes) {
    const message = `add up to ${allocated}, which is more than the ${plan.targetCompletes} completes of the plan`
    faults.push({ field: 'allocations', message })
  }

  const overage = change.overage ?? policy.overage
  const takenOf = (quotaId: string) => (completes.quotas.get(quotaId) ?? 0) + (held.quotas.get(quotaId) ?? 0)
  const beyond = Math.max(
    completes.plan + held.plan - plan.targetCompletes,
    ...plan.quotas.map(({ id, targetCompletes }) => takenOf(id) - (targetCompletes ?? Number.POSITIVE_INFINITY)),
  )
  if (overage < beyond) {
    faults.push({
      field: 'overage',
      message: `must be at least ${beyond}, the completes and held slots beyond a target`,
    })
  }

  const softLaunch = change.softLaunch === undefined ? policy.softLaunch : change.softLaunch
  if (softLaunch !== null && softLaunch.completes > plan.targetCompletes) {
    const message = `must be at most ${plan.targetCompletes}, the completes of the plan`
    faults.push({ field: 'soft_launch.completes', message })
  } else if (
    softLaunch !== null &&
    softLaunch.completes !== policy.softLaunch?.completes &&
    softLaunch.completes <= completes.plan
  ) {
    // the pause begins with the complete that reaches the number, so the number must not be reached already
    const message = `must be more than the ${completes.plan} completes that the plan has already`
    faults.push({ field: 'soft_launch.completes', message })
  }
  return {
    policy: {
      overage,
      acceptUnsigned: change.acceptUnsigned ?? policy.acceptUnsigned,
      flexibilityPercent: change.flexibilityPercent ?? policy.flexibilityPercent,
      allocations,
      softLaunch,
    },
    faults,
  }
}
