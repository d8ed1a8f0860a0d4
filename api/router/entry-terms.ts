import type { Bookable } from '../../commands/sessions/book.js'
import { ageOn, type PanelistSnapshot, type Profile, valuesOf } from '../../domain/panelist.js'
import { slotsOf } from '../../domain/plan/slot-choice.js'
import type { TargetingAttribute } from '../../platform/config/targeting-attributes.js'
import { namedProfile, planTerms } from '../plan-booking.js'
import type { Asked } from './asked.js'
import type { DecidedEntry } from './decide-entry.js'

/** Where they would go, and on which terms. */
export type EntryTerms = Pick<Bookable, 'quota' | 'price' | 'requiredGrade' | 'plan'>

/** The terms of an entry that was decided on: of a plan of our own, its slots and what the survey platform may ask for. */
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
