import type { TakenSurvey } from '../domain/grouping.js'
import type { Panelist } from '../domain/panelist.js'
import { mayTakePart, type PastSession } from '../domain/participation.js'
import type { OwnOutcomes } from '../domain/ranking.js'
import type { Device } from '../domain/survey.js'
import { type ExpandedProfile, expandProfile, type Vocabulary } from '../domain/targeting/expand.js'
import { type CatalogueConnection, type ConnectionStanding, connectionStanding } from './connections.js'
import { type Explanation, explain } from './explain.js'
import { CatalogueFollower, type CatalogueState, type FollowerOptions } from './follower.js'
import type { Hit } from './index/matches.js'
import { addInvited } from './invited.js'
import { type CatalogueOffer, offerOf } from './offers.js'
import { entryOfRow } from './rows.js'

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

export interface Catalogue {
  /** Loads everything, then follows the changes until `close`. Resolves once ready, however long PostgreSQL takes. */
  start(): Promise<void>
  close(): Promise<void>
  state(): CatalogueState
  /** What suits a panelist, best first. From memory alone. */
  match(query: CatalogueQuery): CatalogueOffer[]
  /** The same offers in the same order, each written out when it is asked for: so that others may have a turn between. */
  offers(query: CatalogueQuery): Iterable<CatalogueOffer>
  /** How many suit, without the limit's cut. */
  count(query: CatalogueQuery): number
  /** Why a survey is offered to a panelist, or not; null when there is no such survey. */
  explain(surveyId: string, panel: string, panelist: Panelist, device: Device | null): Promise<Explanation | null>
  /** Whether a survey of a country names an attribute, such as `kantar:income`. */
  asks(country: string, attribute: string): boolean
  /** How the given connections stand now; unknown ids are left out. */
  standings(ids: readonly string[]): ConnectionStanding[]
  /** What became of our own sessions in a survey; null = none ended. */
  ownOutcomes(surveyId: string): OwnOutcomes | null
}

export interface CatalogueOptions extends FollowerOptions {
  readonly connections: readonly CatalogueConnection[]
}

/** The catalogue of one API process: the index, kept up to date, and what its answers are made of. */
export function createCatalogue(options: CatalogueOptions): Catalogue {
  const { source, clock, connections } = options
  const byId = new Map(connections.map((connection) => [connection.id, connection]))
  const vocabularies = distinctVocabularies(connections)
  const follower = new CatalogueFollower(options, byId)
  const standing = (connection: CatalogueConnection): ConnectionStanding =>
    connectionStanding(connection, follower.healthOf(connection.id), clock())
  const expand = (panelist: Panelist, device: Device | null): ExpandedProfile =>
    expandProfile(withDevice(panelist, device), clock(), vocabularies)
  const standings = (ids: readonly string[]): ConnectionStanding[] =>
    ids.flatMap((id) => {
      const connection = byId.get(id)
      return connection === undefined ? [] : [standing(connection)]
    })

  const matches = (query: CatalogueQuery, profile: ExpandedProfile) => {
    const { panelist, device, panel, excludedSurveys, excludedGroups, taken = [] } = query
    const offered = standings(query.connections).filter((one) => one.offered)
    const found = follower.index.match({
      country: panelist.country,
      locale: panelist.locale,
      device,
      panel,
      now: clock(),
      profile,
      connections: offered.map((one) => one.id),
      excludedSurveys,
      excludedGroups,
      taken,
    })
    const invitations = [...(query.invitations ?? [])].filter(([surveyId]) => !excludedSurveys.has(surveyId))
    if (invitations.length === 0) return found
    addInvited(found, follower.index, invitations, {
      connections: new Set(offered.map((one) => one.id)),
      profile,
      circumstances: { country: panelist.country, locale: panelist.locale, device, panel, now: clock() },
    })
    return found
  }

  function* offers(query: CatalogueQuery): Generator<CatalogueOffer> {
    const profile = expand(query.panelist, query.device)
    for (const hit of matches(query, profile).take(query.limit, permits(query))) {
      yield offerOf(hit, profile, vocabularies)
    }
  }

  return {
    start: () => follower.start(),
    close: () => follower.close(),
    state: () => follower.state(),
    standings,
    asks: (country, attribute) => follower.index.asks(country, attribute),
    ownOutcomes: (surveyId) => follower.outcomesOf(surveyId),
    match: (query) => [...offers(query)],
    offers,
    count: (query) => matches(query, expand(query.panelist, query.device)).count,
    async explain(surveyId, panel, panelist, device) {
      const held = follower.index.get(surveyId)
      const row = held === undefined ? await source.loadOne(surveyId) : null
      const entry = held?.entry ?? (row === null ? null : entryOfRow(row, byId.get(row.connection)))
      if (entry === null) return null
      const configured = byId.get(entry.connection)
      return explain({
        entry,
        standing: {
          ...(held === undefined ? {} : { conversionPercent: held.conversionPercent, inFlight: held.figures.inFlight }),
        },
        connection:
          configured === undefined
            ? { id: entry.connection, status: 'paused', ageSeconds: null, offered: false }
            : standing(configured),
        profile: expand(panelist, device),
        circumstances: { country: panelist.country, locale: panelist.locale, device, panel, now: clock() },
        vocabularies,
      })
    },
  }
}

/** Only where somebody took part in something is there anything to look at. */
function permits({ past = [] }: CatalogueQuery): ((hit: Hit) => boolean) | undefined {
  if (past.length === 0) return undefined
  return ({ indexed: { entry }, quota }) => mayTakePart(entry.survey, entry.connection, quota?.quotaId ?? null, past)
}

/** The device is an answer, too: some providers target single quotas by it (docs/matching.md, Decisions: device). */
function withDevice(panelist: Panelist, device: Device | null): Panelist {
  return device === null ? panelist : { ...panelist, profile: { ...panelist.profile, device } }
}

/** Every vocabulary once: connections of one provider share theirs unless one has a mapping of its own. */
function distinctVocabularies(connections: readonly CatalogueConnection[]): Vocabulary[] {
  return [...new Map(connections.map(({ vocabulary }) => [vocabulary.prefix, vocabulary])).values()]
}
