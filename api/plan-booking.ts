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

/** The words of our own plans: the canonical attributes, by their own names. */
export const GATEWAY_VOCABULARY: Vocabulary = {
  prefix: GATEWAY,
  provider: GATEWAY,
  mapping: { identity: true, attributes: {} },
}

/** A panelist in the words of one provider, for the surveys of which nothing but the profile is left to check. */
export function expandedFor(snapshot: PanelistSnapshot, vocabulary: Vocabulary, now: Date): ExpandedProfile {
  return expandProfile({ ...snapshot, panelistId: '', country: '', locale: null }, now, [vocabulary])
}

/** What a session of our own plan has beyond other sessions. */
export interface PlanTerms {
  readonly requiredGrade: Grade
  readonly plan: NewPlanSession
}

/**
 * The terms of a new session of a plan, as they stand now: what its outcome needs to be payable, and its slots.
 * @param panelistProfile what the survey platform may ask for
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
 * Unsigned outcomes are payable only where they are all there is and the buyer agreed to them (docs/buyers.md, What is
 * agreed beside a plan: `accept_unsigned`); a platform that has a key proves itself with it.
 */
function requiredGradeOf({ plan, policy }: PlanRecord): Grade {
  return isNonIntegrated(plan) && policy.acceptUnsigned ? 'E0' : 'E1'
}

/**
 * What a survey platform may know of a panelist who came by an offer: the answers that the plan and their quotas name.
 */
export function namedProfile(record: PlanRecord, slots: Slots, snapshot: PanelistSnapshot, now: Date): Profile {
  const survey = surveyOfPlan(record)
  const own = survey.quotas.filter(({ quotaId }) => slots.quotaIds.includes(quotaId))
  const clauses = own.flatMap(({ layers }) =>
    layers.flatMap(({ subQuotas }) => subQuotas.flatMap((one) => one.clauses)),
  )
  return upstreamProfile(snapshot, { ...survey, clauses: [...survey.clauses, ...clauses] }, null, GATEWAY, now)
}
