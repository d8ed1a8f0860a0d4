import { decide } from '../domain/eligibility/decide.js'
import type { ConnectionFacts } from '../domain/eligibility/facts.js'
import { type Asking, matchFacts } from './facts.js'
import type { Matches } from './index/matches.js'
import { type MatchingIndex, scoreByEarnings } from './index/matching-index.js'
import { MAYBE, YES } from './index/predicates.js'

/** The facts of the panelist and panel, and the connections that may be offered, by id. */
export interface Invited extends Omit<Asking, 'connection'> {
  readonly connections: ReadonlyMap<string, ConnectionFacts>
}

/**
 * Adds the members-only surveys that name the panelist, at the quotas that name them, where they still match (Toluna
 * External Sample, Recontact Flow: "execute your sampling process against the target recontact Quota for every
 * Member"). Calls `decide` for each, because they are few.
 */
export function addInvited(found: Matches, index: MatchingIndex, { connections, ...asking }: Invited): void {
  for (const surveyId of asking.panelist.invitations.keys()) {
    const indexed = index.get(surveyId)
    const connection = connections.get(indexed?.entry.connection ?? '')
    if (indexed === undefined || connection === undefined) continue
    const { survey } = indexed.entry
    if (survey.membersOnly !== true) continue
    const { verdict, quota, price } = decide(matchFacts(indexed, { ...asking, connection }), 'match')
    if (verdict === 'no' || quota === null) continue
    const place = survey.quotas.findIndex(({ quotaId }) => quotaId === quota.quotaId)
    found.add(surveyId, indexed, verdict === 'yes' ? YES : MAYBE, place, scoreByEarnings(indexed, price, verdict))
  }
}
