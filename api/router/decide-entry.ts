import { type Decision, decide } from '../../domain/eligibility/decide.js'
import type { Facts } from '../../domain/eligibility/facts.js'
import { quotaNamed } from '../../domain/feed/quota-id.js'
import type { ExpandedProfile, Vocabulary } from '../../domain/targeting/expand.js'
import { bookingFacts, panelistFactsOf } from '../eligibility/gather-facts.js'
import { panelistAgeFloor } from '../panel/age-floor.js'
import { expandedFor, GATEWAY_VOCABULARY } from '../plan-booking.js'
import type { Asked } from './asked.js'

/** The decision on a panelist, and its inputs. */
export interface DecidedEntry {
  readonly facts: Facts
  readonly decision: Decision
  /** The answers in the survey's vocabulary. */
  readonly profile: ExpandedProfile
  readonly vocabulary: Vocabulary
}

/**
 * Decides on an entry through the session router, from the current survey, plan and panelist. The feed shows only the
 * conditions of a provider's survey that the gateway's vocabulary can express; this applies all. The click decides
 * again.
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

/** The vocabulary of the survey's clauses; empty for a connection that no longer exists, which its own rule refuses. */
function vocabularyOf({ deps, found, connection, ownPlan }: Asked): Vocabulary {
  if (ownPlan) return GATEWAY_VOCABULARY
  const upstream = deps.findUpstream(connection.id)
  const mapping = upstream?.vocabulary ?? upstream?.adapter.vocabulary ?? { identity: false, attributes: {} }
  return { prefix: found.provider, provider: found.provider, mapping }
}
