import type { Quota } from '../survey.js'
import type { ExpandedProfile } from '../targeting/expand.js'
import { evaluateQuota } from '../targeting/quota.js'
import { type NoRoom, noRoomFor } from './counting.js'
import { type PlanStanding, surveyOfPlan } from './plan-survey.js'
import type { PlanStatus } from './survey-plan.js'

/** What a respondent takes a slot of, beside the plan itself and the panel's allocation. */
export interface Slots {
  readonly kind: 'slots'
  /** The quota whose price is paid; null where the plan has none. */
  readonly quotaId: string | null
  readonly quotaIds: readonly string[]
}

/** Why there are no slots for somebody. */
export type NoSlots =
  | { readonly kind: 'unknown_quota'; readonly quotaId: string }
  | { readonly kind: 'quota_not_open'; readonly quotaId: string; readonly status: PlanStatus }
  /** They do not belong in the quota that the panel named. */
  | { readonly kind: 'does_not_fit'; readonly quotaId: string }
  /** They belong in no quota of the plan. */
  | { readonly kind: 'fits_none' }
  | NoRoom

/**
 * The slots that a new session of a plan is for (contract §5, Counting): the quota that the panel named; else the first
 * open one with room that the profile fits, in the plan's order. Where a respondent counts in every quota that they
 * belong in (`quotaRule` every), all of those, and one that is closed or full ends it.
 * @param profile in the gateway's vocabulary
 * @param target the panel's `target_quota_id`
 */
export function chooseSlots(
  standing: PlanStanding,
  profile: ExpandedProfile,
  panel: string,
  target: string | null,
): Slots | NoSlots {
  const { quotas } = surveyOfPlan(standing)
  const named = quotas.find(({ quotaId }) => quotaId === target)
  if (target !== null && named === undefined) return { kind: 'unknown_quota', quotaId: target }
  if (quotas.length === 0) return takeAll(standing, panel, [], null)
  const fitting = quotas.filter((quota) => fits(quota, profile))
  if (named !== undefined && !fitting.includes(named)) {
    // whoever asks for a quota that is closed wants to hear that, not why else they would not get in
    return notOpen(standing, [named.quotaId]) ?? { kind: 'does_not_fit', quotaId: named.quotaId }
  }
  const [first] = fitting
  if (first === undefined) return { kind: 'fits_none' }
  if (standing.plan.quotaRule === 'every') {
    return takeAll(standing, panel, idsOf(fitting), (named ?? first).quotaId)
  }
  if (named !== undefined) return takeAll(standing, panel, [named.quotaId], named.quotaId)
  const tried = fitting.map(({ quotaId }) => takeAll(standing, panel, [quotaId], quotaId))
  return tried.find(({ kind }) => kind === 'slots') ?? tried[0] ?? { kind: 'fits_none' }
}

/**
 * The slots of a session whose quota was chosen before, by an offer: that quota, and where the plan counts in every one
 * that a respondent belongs in, whichever of those the profile tells.
 */
export function slotsWith(
  standing: PlanStanding,
  profile: ExpandedProfile,
  panel: string,
  quotaId: string | null,
): Slots | NoSlots {
  if (quotaId === null) return takeAll(standing, panel, [], null)
  if (standing.plan.quotaRule === 'first') return takeAll(standing, panel, [quotaId], quotaId)
  const belonging = idsOf(surveyOfPlan(standing).quotas.filter((quota) => fits(quota, profile)))
  return takeAll(standing, panel, [...new Set([quotaId, ...belonging])], quotaId)
}

const idsOf = (quotas: readonly Quota[]): string[] => quotas.map(({ quotaId }) => quotaId)

const fits = (quota: Quota, profile: ExpandedProfile): boolean =>
  evaluateQuota(quota, profile, Number.POSITIVE_INFINITY).fits !== 'no'

function takeAll(
  standing: PlanStanding,
  panel: string,
  quotaIds: readonly string[],
  quotaId: string | null,
): Slots | NoSlots {
  return (
    notOpen(standing, quotaIds) ?? noRoomFor(standing, panel, quotaIds, 'entry') ?? { kind: 'slots', quotaId, quotaIds }
  )
}

function notOpen({ quotaStatuses }: PlanStanding, quotaIds: readonly string[]): NoSlots | null {
  for (const quotaId of quotaIds) {
    const status = quotaStatuses.get(quotaId) ?? 'CLOSED'
    if (status !== 'OPEN') return { kind: 'quota_not_open', quotaId, status }
  }
  return null
}
