import { evaluateSurvey } from '../domain/targeting/evaluate.js'
import type { ExpandedProfile } from '../domain/targeting/expand.js'
import type { Circumstances } from '../domain/targeting/rules.js'
import type { Matches } from './index/matches.js'
import { type MatchingIndex, scoreByEarnings } from './index/matching-index.js'
import { MAYBE, YES } from './index/predicates.js'

export interface Invited {
  /** Connections that may be offered. */
  readonly connections: ReadonlySet<string>
  readonly profile: ExpandedProfile
  readonly circumstances: Circumstances
}

/**
 * Adds the members-only surveys that a panelist was named for, at the quotas they were named for, where they still suit
 * (seed 003, Recontact Flow: "execute your sampling process against the target recontact Quota for every Member"). They
 * are few, so each is evaluated as it is.
 */
export function addInvited(
  found: Matches,
  index: MatchingIndex,
  invitations: Iterable<readonly [surveyId: string, quotaIds: ReadonlySet<string>]>,
  { connections, profile, circumstances }: Invited,
): void {
  for (const [surveyId, quotaIds] of invitations) {
    const indexed = index.get(surveyId)
    if (indexed === undefined || !connections.has(indexed.entry.connection)) continue
    const { survey, status } = indexed.entry
    if (survey.membersOnly !== true) continue
    const named = { ...survey, quotas: survey.quotas.filter(({ quotaId }) => quotaIds.has(quotaId)) }
    const standing = { status, inFlight: indexed.figures.inFlight, conversionPercent: indexed.conversionPercent }
    const { verdict, quota, price } = evaluateSurvey(named, profile, circumstances, standing)
    if (verdict === 'no' || quota === null) continue
    const place = survey.quotas.findIndex(({ quotaId }) => quotaId === quota.quotaId)
    found.add(surveyId, indexed, verdict === 'yes' ? YES : MAYBE, place, scoreByEarnings(indexed, price, verdict))
  }
}
