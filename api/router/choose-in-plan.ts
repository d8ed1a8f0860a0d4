import { findPlan, type PlanRecord } from '../../db/read-models/plan-record.js'
import { ageOn, type PanelistSnapshot, type Profile, valuesOf } from '../../domain/panelist.js'
import { surveyOfPlan } from '../../domain/plan/plan-survey.js'
import { chooseSlots, type NoSlots } from '../../domain/plan/slot-choice.js'
import type { TargetingAttribute } from '../../platform/config/targeting-attributes.js'
import { fault, type GatewayFault } from '../http/gateway-errors.js'
import { expandedFor, GATEWAY_VOCABULARY, namedProfile, planTerms } from '../plan-booking.js'
import { fitsNone } from './qualification-faults.js'
import { type Asked, type NoRoomNow, requireQualified, type SurveyChoice } from './survey-choice.js'

/**
 * Where a panelist goes in a survey plan of our own, as it stands at this moment; the click decides again, under the
 * plan's lock.
 * @throws GatewayValidationError: the plan is not open, not for this panel, or not for this panelist
 */
export async function chooseInPlan(asked: Asked): Promise<SurveyChoice | NoRoomNow> {
  const { deps, panel, body, found, snapshot, now } = asked
  const record = await findPlan(deps.knex, found.providerSurveyId, now)
  // an operator may have paused all of them at once
  const offered = deps.catalogue.standings([found.connection]).some((one) => one.offered)
  const closed = offered ? whyClosed(record, panel.id, now) : PAUSED
  if (record === null || closed !== null) throw fault('status', 'token', closed ?? GONE)
  const { clauses, quotas, price } = surveyOfPlan(record)
  const profile = expandedFor(snapshot, GATEWAY_VOCABULARY, now)
  const target =
    body.target_quota_id === undefined
      ? undefined
      : (quotas.find(({ quotaId }) => quotaId === body.target_quota_id) ?? null)
  if (target) requireOpen(record, target.quotaId)
  requireQualified(asked, clauses, target, profile, GATEWAY_VOCABULARY)
  const slots = chooseSlots(record, profile, panel.id, target?.quotaId ?? null)
  if (slots.kind === 'fits_none' || slots.kind === 'does_not_fit') throw fitsNone(quotas, profile, GATEWAY_VOCABULARY)
  if (slots.kind !== 'slots') return { full: noRoomFault(slots) }
  const quota = quotas.find(({ quotaId }) => quotaId === slots.quotaId) ?? null
  const told =
    body.panelist_profile === undefined
      ? namedProfile(record, slots, snapshot, now)
      : toldProfile(snapshot, deps.config.targetingAttributes, now)
  return { quota, price: quota?.price ?? price, ...planTerms(record, slots, told) }
}

const GONE = 'the survey is closed'
const PAUSED = 'the survey is paused; the feed says when it opens again'

/** Why nobody of this panel gets into a plan now; null = it is open. */
function whyClosed(record: PlanRecord | null, panel: string, now: Date): string | null {
  if (record === null || record.status === 'CLOSED') return GONE
  if (!record.plan.targetPanels.includes(panel)) return 'the survey is not for this panel any more'
  if (record.status === 'PAUSED') return PAUSED
  const { finishDate } = record.plan
  return finishDate !== undefined && new Date(finishDate) <= now ? 'the survey has ended (finish_date)' : null
}

function requireOpen({ quotaStatuses }: PlanRecord, quotaId: string): void {
  const status = quotaStatuses.get(quotaId) ?? 'CLOSED'
  if (status !== 'OPEN') throw fault('status', 'target_quota_id', `quota ${quotaId} is ${status.toLowerCase()}`)
}

function noRoomFault(why: Exclude<NoSlots, { kind: 'fits_none' | 'does_not_fit' }>): GatewayFault {
  switch (why.kind) {
    case 'unknown_quota':
      return { constraint: 'exists', field: 'target_quota_id', message: `the survey has no quota ${why.quotaId}` }
    case 'quota_not_open': {
      const message = `quota ${why.quotaId}, in which the panelist belongs, is ${why.status.toLowerCase()}`
      return { constraint: 'status', field: 'target_quota_id', message }
    }
    case 'quota_full':
      return { constraint: 'available_completes', field: 'target_quota_id', message: `quota ${why.quotaId} is full` }
    case 'plan_full':
      return { constraint: 'available_completes', field: 'token', message: 'the survey is full' }
    case 'allocation_reached':
      return { constraint: 'allocation', field: 'token', message: "this panel's allocation of the survey is reached" }
    case 'soft_launch':
      return { constraint: 'soft_launch', field: 'token', message: 'the soft launch is full; the full launch follows' }
  }
}

/**
 * What the survey platform may ask for of a profile that the panel sent along: the gateway's own attributes as they were
 * given, and the age instead of a date of birth. Whatever else was in it goes nowhere.
 */
function toldProfile(snapshot: PanelistSnapshot, attributes: readonly TargetingAttribute[], now: Date): Profile {
  const { profile, dateOfBirth } = snapshot
  const known = new Set(attributes.map(({ id }) => id))
  const given = Object.entries(profile).filter(([name, value]) => known.has(name) && valuesOf(value).length > 0)
  const told: Profile = Object.fromEntries(given)
  const age = dateOfBirth === null || told.age !== undefined || !known.has('age') ? null : ageOn(dateOfBirth, now)
  return age === null ? told : { ...told, age }
}
