import type { Knex } from '../../db/connect.js'
import { findPlan, lockPlan, type PlanRecord } from '../../db/read-models/plan-record.js'
import { enterLocked, type LockedPlanSession, lockPlanSession } from '../../db/statements/enter-plan-session.js'
import { decide } from '../../domain/eligibility/decide.js'
import { NO_CIRCUMSTANCES, NO_FIGURES, NOBODY } from '../../domain/eligibility/facts.js'
import type { NoRoom } from '../../domain/plan/counting.js'
import { surveyOfPlan } from '../../domain/plan/plan-survey.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'

/** Why a respondent is not admitted. */
export type NotEntered = NoRoom | { readonly kind: 'not_open' }

/** The result of a click on a session of our own plan. */
export type PlanEntry =
  | { readonly kind: 'entered'; readonly sessionId: string; readonly url: string }
  | { readonly kind: 'refused'; readonly why: NotEntered }
  /** Needs the full check: it is not `created`, or its link has expired. */
  | { readonly kind: 'look_closer' }

/**
 * The respondent's click on a survey plan of our own: sets the session to `entered` and takes its slot of the plan, the
 * quotas and the panel's allocation, all or none. Holds the row locks of the session and then of the plan, so that
 * concurrent clicks never exceed the remaining slots (docs/buyers.md, Counting).
 * @param holdMs how long to hold a slot without an outcome, by the survey's length in minutes
 */
export async function enterPlanSession(
  knex: Knex,
  entryToken: string,
  holdMs: (loiMinutes: number) => number,
  now: Date,
): Promise<PlanEntry> {
  return knex.transaction(async (trx): Promise<PlanEntry> => {
    const door = await lockPlanSession(trx, entryToken)
    if (door === null || door.state !== 'created' || door.entry_deadline <= now || door.provider_entry_url === null)
      return { kind: 'look_closer' }
    if (!door.connected) return { kind: 'refused', why: { kind: 'not_open' } }
    // check without the lock first, so that most clicks on a full plan do not wait for it
    const early = whyNot(await findPlan(trx, door.plan_id, now), door, now)
    if (early !== null) return { kind: 'refused', why: early }
    const record = await lockPlan(trx, door.plan_id, now)
    const why = whyNot(record, door, now)
    if (record === null || why !== null) return { kind: 'refused', why: why ?? { kind: 'not_open' } }
    const held = holdMs(door.loi_minutes ?? record.plan.estimatedLoi)
    await enterLocked(trx, door.session_id, new Date(now.getTime() + held), now)
    return { kind: 'entered', sessionId: door.session_id, url: door.provider_entry_url }
  })
}

/** Why the respondent is refused; null = admitted. Checks the slots that the session was booked for. */
function whyNot(record: PlanRecord | null, door: LockedPlanSession, now: Date): NotEntered | null {
  if (record === null) return { kind: 'not_open' }
  const survey = surveyOfPlan(record)
  const { reason } = decide(
    {
      surveyId: record.surveyId,
      survey,
      status: survey.status,
      connection: {
        id: GATEWAY,
        usable: true,
        status: door.connected ? 'ok' : 'paused',
        running: door.connected,
        fresh: true,
        caps: null,
      },
      panel: { id: door.panel, caps: null },
      panelist: NOBODY,
      circumstances: NO_CIRCUMSTANCES,
      profile: null,
      figures: NO_FIGURES,
      plan: record,
      quota: { kind: 'these', quotaIds: door.quota_ids },
      now,
    },
    'click',
  )
  switch (reason?.rule) {
    case undefined:
      return null
    case 'available_completes':
      return { kind: 'plan_full' }
    case 'allocation':
      return { kind: 'allocation_reached' }
    case 'soft_launch':
      return { kind: 'soft_launch' }
    case 'quota_completes':
      return { kind: 'quota_full', quotaId: reason?.quotaId ?? '' }
    default:
      return { kind: 'not_open' }
  }
}
