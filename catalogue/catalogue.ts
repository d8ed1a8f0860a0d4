import { decide } from '../domain/eligibility/decide.js'
import { type Explanation, explain } from '../domain/eligibility/explain.js'
import { type Figures, NOBODY } from '../domain/eligibility/facts.js'
import type { Panelist } from '../domain/panelist.js'
import type { OwnOutcomes } from '../domain/ranking.js'
import type { Device } from '../domain/survey.js'
import { type ExpandedProfile, expandProfile, type Vocabulary } from '../domain/targeting/expand.js'
import { compareWithDecide, type Difference } from './compare.js'
import { type CatalogueConnection, type ConnectionStanding, connectionStanding } from './connections.js'
import { NO_FIGURES } from './entry.js'
import { ANY_PANEL, type Asker, connectionFacts, matchFacts } from './facts.js'
import { CatalogueFollower, type CatalogueState, type FollowerOptions } from './follower.js'
import { type CatalogueQuery, matchAll } from './match-all.js'
import { type CatalogueOffer, offerOf } from './offers.js'
import { entryOfRow } from './rows.js'

export interface Catalogue {
  /** Loads all surveys, then follows changes until `close`. Resolves once loaded; does not time out. */
  start(): Promise<void>
  close(): Promise<void>
  state(): CatalogueState
  /** The offers for a panelist, best first. Reads memory only. */
  match(query: CatalogueQuery): CatalogueOffer[]
  /** The same offers in the same order, built lazily: the caller can yield the thread between them. */
  offers(query: CatalogueQuery): Iterable<CatalogueOffer>
  /** The number of matching surveys, before the limit. */
  count(query: CatalogueQuery): number
  /**
   * Why a survey is offered to a panelist, or not; null = survey not found.
   * @param asker what we know of panelist, panel and connection in addition to the answers
   */
  explain(
    surveyId: string,
    panel: string,
    panelist: Panelist,
    device: Device | null,
    asker?: Partial<Asker>,
  ): Promise<Explanation | null>
  /** Our sessions in flight in a survey, as matches count them; null = the survey is not in the index. */
  figures(surveyId: string): Figures | null
  /**
   * Compares the index with `decide` for one query and returns the surveys that differ.
   * @param pause yields the thread; called before each slice
   */
  compare(query: CatalogueQuery, pause: () => Promise<void>): Promise<Difference[]>
  /** Whether a survey of a country names an attribute, such as `kantar:income`. */
  asks(country: string, attribute: string): boolean
  /** The current status of the given connections; skips unknown ids. */
  standings(ids: readonly string[]): ConnectionStanding[]
  /** Outcomes of our own sessions in a survey; null = none ended. */
  ownOutcomes(surveyId: string): OwnOutcomes | null
}

export interface CatalogueOptions extends FollowerOptions {
  readonly connections: readonly CatalogueConnection[]
}

/** The catalogue of one API process: keeps the index up to date and answers from it. */
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

  const matches = (query: CatalogueQuery, profile: ExpandedProfile) =>
    matchAll(follower.index, query, profile, standings(query.connections), clock())

  function* offers(query: CatalogueQuery): Generator<CatalogueOffer> {
    const profile = expand(query.panelist, query.device)
    for (const hit of matches(query, profile).take(query.limit)) {
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
    figures: (surveyId) => {
      const held = follower.index.get(surveyId)
      return held === undefined ? null : { inFlight: held.figures.inFlight, conversionPercent: held.conversionPercent }
    },
    async explain(surveyId, panel, panelist, device, asker = {}) {
      const held = follower.index.get(surveyId)
      const row = held === undefined ? await source.loadOne(surveyId) : null
      const entry = held?.entry ?? (row === null ? null : entryOfRow(row, byId.get(row.connection)))
      if (entry === null) return null
      const configured = byId.get(entry.connection)
      const stands: ConnectionStanding =
        configured === undefined
          ? { id: entry.connection, status: 'paused', ageSeconds: null, offered: false }
          : standing(configured)
      const profile = expand(panelist, device)
      const facts = matchFacts(
        { entry, figures: held?.figures ?? NO_FIGURES, conversionPercent: held?.conversionPercent ?? 100 },
        {
          connection: connectionFacts(stands, asker.terms ?? ANY_PANEL),
          panel: asker.panel ?? { id: panel, caps: null },
          panelist: asker.panelist ?? NOBODY,
          circumstances: { country: panelist.country, locale: panelist.locale, device },
          profile,
          now: clock(),
        },
      )
      return explain(decide(facts, 'match'), profile, vocabularies)
    },
    compare: (query, pause) =>
      compareWithDecide(
        follower.index,
        { query, profile: expand(query.panelist, query.device), standings: standings(query.connections), now: clock() },
        pause,
      ),
  }
}

/**
 * The device counts as an answer, because some providers target single quotas by it (docs/matching.md, Decisions that a
 * reader would look for).
 */
function withDevice(panelist: Panelist, device: Device | null): Panelist {
  return device === null ? panelist : { ...panelist, profile: { ...panelist.profile, device } }
}

/** Each vocabulary once. Connections of one provider share theirs unless one has its own mapping. */
function distinctVocabularies(connections: readonly CatalogueConnection[]): Vocabulary[] {
  return [...new Map(connections.map(({ vocabulary }) => [vocabulary.prefix, vocabulary])).values()]
}
