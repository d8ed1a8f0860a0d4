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

/** A request for surveys: the panelist, and what is excluded. */
export interface CatalogueQuery {
  readonly panelist: Panelist
  /** Null restricts nothing. */
  readonly device: Device | null
  /** Excludes surveys that are for other panels only. */
  readonly panel: string
  /** Connections the panel may use. Paused ones, and those without a good poll for `stale_after`, are skipped. */
  readonly connections: readonly string[]
  /** Survey ids that are not offered (again). */
  readonly excludedSurveys: ReadonlySet<string>
  /** Groups of which no survey is offered again, made with `groupKey`. */
  readonly excludedGroups: ReadonlySet<string>
  /** Surveys that the panelist completed or is in; excludes the rest of their groups for `exclusionDays`. */
  readonly taken?: readonly TakenSurvey[]
  /** Members-only surveys that name the panelist, with the quotas. */
  readonly invitations?: ReadonlyMap<string, ReadonlySet<string>>
  /** Earlier sessions at connections whose provider has participation rules. */
  readonly past?: readonly PastSession[]
  /** At most this many offers. */
  readonly limit: number
}

/**
 * All matching surveys, best first: those of the index, and the members-only surveys that name the panelist.
 * @param standings the status of the query's connections; those that are not offered now are skipped
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

/** The facts of the panelist and panel for a decision. The caller has already filtered the connections. */
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
