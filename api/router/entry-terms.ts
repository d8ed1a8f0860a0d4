import type { Bookable } from '../../commands/sessions/book.js'
import { ageOn, type PanelistSnapshot, type Profile, valuesOf } from '../../domain/panelist.js'
import { slotsOf } from '../../domain/plan/slot-choice.js'
import type { TargetingAttribute } from '../../platform/config/targeting-attributes.js'
import { namedProfile, planTerms } from '../plan-booking.js'
import type { Asked } from './asked.js'
import type { DecidedEntry } from './decide-entry.js'

/** The quota, price, required grade and plan terms of an entry. */
export type EntryTerms = Pick<Bookable, 'quota' | 'price' | 'requiredGrade' | 'plan'>

/** The terms of a decided entry; for our own plan, with its slots and the profile that the survey platform may read. */
export function entryTerms(
  { deps, body, connection, plan, snapshot, now }: Asked,
  { decision: { quota, price }, profile }: DecidedEntry,
): EntryTerms {
  if (plan === null) return { quota, price, requiredGrade: connection.requiredGrade, plan: null }
  const slots = slotsOf(plan, profile, quota?.quotaId ?? null)
  const told =
    body.panelist_profile === undefined
      ? namedProfile(plan, slots, snapshot, now)
      : toldProfile(snapshot, deps.config.targetingAttributes, now)
  return { quota, price, ...planTerms(plan, slots, told) }
}

/**
 * The part of a profile in the request that the survey platform may read: the gateway's own attributes as they were
 * given, and the age instead of a date of birth. No other attribute is passed on.
 */
function toldProfile(snapshot: PanelistSnapshot, attributes: readonly TargetingAttribute[], now: Date): Profile {
  const { profile, dateOfBirth } = snapshot
  const known = new Set(attributes.map(({ id }) => id))
  const given = Object.entries(profile).filter(([name, value]) => known.has(name) && valuesOf(value).length > 0)
  const told: Profile = Object.fromEntries(given)
  const age = dateOfBirth === null || told.age !== undefined || !known.has('age') ? null : ageOn(dateOfBirth, now)
  return age === null ? told : { ...told, age }
}
