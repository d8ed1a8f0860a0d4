import { decide } from '../domain/eligibility/decide.js'
import type { RuleName } from '../domain/eligibility/rules.js'
import type { ExpandedProfile } from '../domain/targeting/expand.js'
import type { Verdict } from '../domain/targeting/verdict.js'
import type { ConnectionStanding } from './connections.js'
import type { IndexedSurvey } from './entry.js'
import { ANY_PANEL, connectionFacts, matchFacts } from './facts.js'
import type { MatchingIndex } from './index/matching-index.js'
import { askingOf, type CatalogueQuery, matchAll } from './match-all.js'

/** A survey about which the index and `decide` disagree. Contains no data about the panelist. */
export interface Difference {
  readonly surveyId: string
  /** The rule by which `decide` refuses, or what differs where both admit the panelist. */
  readonly rule: RuleName | 'match' | 'quota'
}

/** The inputs of one answer of the index. */
export interface Answer {
  readonly query: CatalogueQuery
  readonly profile: ExpandedProfile
  readonly standings: readonly ConnectionStanding[]
  readonly now: Date
}

/** Decisions between two pauses: a few milliseconds of work. */
const SLICE = 100
/** The most surveys to compare: hits first, then others of the country, from a start position that advances. */
const MOST_COMPARED = 2_000

let start = 0

/**
 * Compares the index with `decide` for one query: both must return the same surveys, at the same quota and with the
 * same verdict. Copies the immutable rows first, so that changes during the pauses have no effect.
 * @param pause yields the thread; called before each slice
 */
export async function compareWithDecide(
  index: MatchingIndex,
  { query, profile, standings, now }: Answer,
  pause: () => Promise<void>,
): Promise<Difference[]> {
  const hits = new Map(
    matchAll(index, query, profile, standings, now)
      .take(Number.POSITIVE_INFINITY)
      .map((hit) => [hit.surveyId, { verdict: hit.verdict as Verdict, quotaId: hit.quota?.quotaId ?? null }]),
  )
  const compared = sampled(index.surveysOf(query.panelist.country), hits)
  const connections = new Map(standings.map((one) => [one.id, connectionFacts(one, ANY_PANEL)]))
  const asking = askingOf(query, profile, now)
  const differences: Difference[] = []
  for (const [position, indexed] of compared.entries()) {
    if (position % SLICE === 0) await pause()
    const { surveyId } = indexed.entry
    const connection = connections.get(indexed.entry.connection)
    const found = hits.get(surveyId) ?? { verdict: 'no' as const, quotaId: null }
    if (connection === undefined) {
      if (found.verdict !== 'no') differences.push({ surveyId, rule: 'usable' })
      continue
    }
    const { verdict, quota, reason } = decide(matchFacts(indexed, { ...asking, connection }), 'match')
    if (verdict !== found.verdict) differences.push({ surveyId, rule: reason?.rule ?? 'match' })
    else if ((quota?.quotaId ?? null) !== found.quotaId) differences.push({ surveyId, rule: 'quota' })
  }
  return differences
}

function sampled(all: readonly IndexedSurvey[], hits: ReadonlyMap<string, unknown>): IndexedSurvey[] {
  const suiting = all.filter(({ entry }) => hits.has(entry.surveyId)).slice(0, MOST_COMPARED)
  const room = MOST_COMPARED - suiting.length
  start = all.length === 0 ? 0 : (start + room) % all.length
  const others = [...all.slice(start), ...all.slice(0, start)].filter(({ entry }) => !hits.has(entry.surveyId))
  return [...suiting, ...others.slice(0, room)]
}
