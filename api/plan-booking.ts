import { randomBytes } from 'node:crypto'
import type { PlanRecord } from '../db/read-models/plan-record.js'
import type { NewPlanSession } from '../db/rows/plan-session.js'
import type { Grade } from '../domain/outcome.js'
import type { PanelistSnapshot, Profile } from '../domain/panelist.js'
import { surveyOfPlan } from '../domain/plan/plan-survey.js'
import type { Slots } from '../domain/plan/slot-choice.js'
import { GATEWAY, isNonIntegrated } from '../domain/plan/survey-plan.js'
import { type ExpandedProfile, expandProfile, type Vocabulary } from '../domain/targeting/expand.js'
import { upstreamProfile } from '../domain/upstream-profile.js'

/** The vocabulary of our own plans: the canonical attributes under their own names. */
export const GATEWAY_VOCABULARY: Vocabulary = {
  prefix: GATEWAY,
  provider: GATEWAY,
  mapping: { identity: true, attributes: {} },
}

/** Translates a panelist's profile into one provider's vocabulary, for surveys whose other conditions are checked. */
export function expandedFor(snapshot: PanelistSnapshot, vocabulary: Vocabulary, now: Date): ExpandedProfile {
  return expandProfile({ ...snapshot, panelistId: '', country: '', locale: null }, now, [vocabulary])
}

/** The additional terms of a session of our own plan. */
export interface PlanTerms {
  readonly requiredGrade: Grade
  readonly plan: NewPlanSession
}

/**
 * Returns the current terms of a new session of a plan: the grade that its outcome needs to be payable, and its slots.
 * @param panelistProfile the answers that the survey platform may read
 */
export function planTerms(record: PlanRecord, slots: Slots, panelistProfile: Profile): PlanTerms {
  return {
    requiredGrade: requiredGradeOf(record),
    plan: {
      planId: record.planId,
      quotaIds: slots.quotaIds,
      finishToken: randomBytes(24).toString('base64url'),
      panelistProfile,
    },
  }
}

/**
 * Unsigned outcomes are payable only where the platform has no key and the buyer agreed to them (docs/buyers.md,
 * What is agreed beside a plan: `accept_unsigned`); a platform with a key authenticates with it.
 */
function requiredGradeOf({ plan, policy }: PlanRecord): Grade {
  return isNonIntegrated(plan) && policy.acceptUnsigned ? 'E0' : 'E1'
}

/**
 * The answers that a survey platform may read about a panelist with an offer: those that the plan and its quotas name.
 */
export function namedProfile(record: PlanRecord, slots: Slots, snapshot: PanelistSnapshot, now: Date): Profile {
  const survey = surveyOfPlan(record)
  const own = survey.quotas.filter(({ quotaId }) => slots.quotaIds.includes(quotaId))
  const clauses = own.flatMap(({ layers }) =>
    layers.flatMap(({ subQuotas }) => subQuotas.flatMap((one) => one.clauses)),
  )
  return upstreamProfile(snapshot, { ...survey, clauses: [...survey.clauses, ...clauses] }, null, GATEWAY, now)
}
