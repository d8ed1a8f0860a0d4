import type { TakenSurvey } from '../domain/grouping.js'
import type { Panelist } from '../domain/panelist.js'
import type { PastSession } from '../domain/participation.js'
import type { Device } from '../domain/survey.js'
import type { ExpandedProfile } from '../domain/targeting/expand.js'
import type { ConnectionStanding } from './connections.js'
import { ANY_PANEL, type Asking, connectionFacts, panelistFacts } from './facts.js'
import type { Matches } from './index/matches.js'
import type { MatchingIndex } from './index/matching-index.js'
import { addInvited } from './invited.js'

/** Who asks for surveys, and what they may not have. */
export interface CatalogueQuery {
  readonly panelist: Panelist
  /** Null restricts nothing. */
  readonly device: Device | null
  /** Surveys that are for certain panels are left out unless it is one of them. */
  readonly panel: string
  /** Connections the panel may use. Paused ones, and those without a good poll for too long, are left out of them. */
  readonly connections: readonly string[]
  /** Survey ids that are not offered (again). */
  readonly excludedSurveys: ReadonlySet<string>
  /** Groups of which none is offered again, made with `groupKey`. */
  readonly excludedGroups: ReadonlySet<string>
  /** What the panelist completed, or is in: the rest of its groups is not offered for a while. */
  readonly taken?: readonly TakenSurvey[]
  /** Members-only surveys which the panelist was named for, with the quotas. */
  readonly invitations?: ReadonlyMap<string, ReadonlySet<string>>
  /** Earlier sessions, where a provider cares who took part in what. */
  readonly past?: readonly PastSession[]
  /** At most this many offers. */
  readonly limit: number
}

/**
 * Everything that suits, best first: the index, and beside it the surveys that name the panelist.
 * @param standings how the connections of the query stand; those that are not offered now are left out
 */
export function matchAll(
  index: MatchingIndex,
  query: CatalogueQuery,
  profile: ExpandedProfile,
  standings: readonly ConnectionStanding[],
  now: Date,
): Matches {
  const { panelist, device, panel, excludedSurveys, excludedGroups, taken = [], past = [] } = query
  const offered = standings.filter((one) => one.offered)
  const found = index.match({
    country: panelist.country,
    locale: panelist.locale,
    device,
    panel,
    now,
    profile,
    connections: offered.map((one) => one.id),
    excludedSurveys,
    excludedGroups,
    taken,
    past,
  })
  const connections = new Map(offered.map((one) => [one.id, connectionFacts(one, ANY_PANEL)]))
  addInvited(found, index, { ...askingOf(query, profile, now), connections })
  return found
}

/** Who asks, as a decision takes it; what concerns connections was decided before. */
export function askingOf(query: CatalogueQuery, profile: ExpandedProfile, now: Date): Omit<Asking, 'connection'> {
  const { panelist, device, panel } = query
  return {
    panel: { id: panel, caps: null },
    panelist: panelistFacts(query),
    circumstances: { country: panelist.country, locale: panelist.locale, device },
    profile,
    now,
  }
}
