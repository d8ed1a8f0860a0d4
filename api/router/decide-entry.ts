import { type Decision, decide } from '../../domain/eligibility/decide.js'
import type { Facts } from '../../domain/eligibility/facts.js'
import { quotaNamed } from '../../domain/feed/quota-id.js'
import type { ExpandedProfile, Vocabulary } from '../../domain/targeting/expand.js'
import { bookingFacts, panelistFactsOf } from '../eligibility/gather-facts.js'
import { panelistAgeFloor } from '../panel/age-floor.js'
import { expandedFor, GATEWAY_VOCABULARY } from '../plan-booking.js'
import type { Asked } from './asked.js'

/** What was decided about somebody, and on what. */
export interface DecidedEntry {
  readonly facts: Facts
  readonly decision: Decision
  /** The answers in the survey's words. */
  readonly profile: ExpandedProfile
  readonly vocabulary: Vocabulary
}

/**
 * Decides about an entry by the session router, as survey, plan and panelist stand at this moment. The feed said of a
 * provider's survey what can be said in the gateway's vocabulary; here the whole of it counts. The click decides again.
 */
export function decideEntry(asked: Asked): DecidedEntry {
  const { deps, panel, body, found, connection, ownPlan, plan, standing, snapshot, now } = asked
  const vocabulary = vocabularyOf(asked)
  const profile = expandedFor(snapshot, vocabulary, now)
  const age = panelistAgeFloor(deps, panel, found.survey.country, { profile: body.panelist_profile }, standing.stored)
  const facts = bookingFacts(deps, panel, connection, found, ownPlan, {
    panelist: panelistFactsOf(standing, age),
    profile,
    quota: { kind: 'first' },
    plan,
    now,
  })
  const target = body.target_quota_id
  if (target === undefined) return { facts, decision: decide(facts, 'book'), profile, vocabulary }
  const quotaId = ownPlan ? target : (quotaNamed(facts.survey, target)?.quotaId ?? target)
  const named: Facts = { ...facts, quota: { kind: 'these', quotaIds: [quotaId] } }
  return { facts: named, decision: decide(named, 'book'), profile, vocabulary }
}

/** The words of the survey's clauses. A connection that is gone has none; its rule says so. */
function vocabularyOf({ deps, found, connection, ownPlan }: Asked): Vocabulary {
  if (ownPlan) return GATEWAY_VOCABULARY
  const upstream = deps.findUpstream(connection.id)
  const mapping = upstream?.vocabulary ?? upstream?.adapter.vocabulary ?? { identity: false, attributes: {} }
  return { prefix: found.provider, provider: found.provider, mapping }
}
