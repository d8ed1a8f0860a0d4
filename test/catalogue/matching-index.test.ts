import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CatalogueEntry, groupKey, NO_FIGURES, type OwnFigures } from '../../catalogue/entry.js'
import type { MatchQuery } from '../../catalogue/index/country-index.js'
import { MatchingIndex } from '../../catalogue/index/matching-index.js'
import { decide } from '../../domain/eligibility/decide.js'
import { NOBODY } from '../../domain/eligibility/facts.js'
import { compareRanked, conversionEstimate, expectedPerMinute, rankScore } from '../../domain/ranking.js'
import type { Survey } from '../../domain/survey.js'
import { KANTAR, matchOf } from '../domain/eligibility/facts.js'
import { age, knows, NOON, quota, sex, survey } from '../domain/targeting/surveys.js'
import { anyFigures, anyQuery, anySurvey, CONNECTIONS, entryOf, PANELS, SURVEY_IDS } from './arbitraries.js'

/** The catalogue as a plain list, matched with the readable evaluation only. */
class Reference {
  readonly entries = new Map<string, CatalogueEntry>()
  readonly figures = new Map<string, OwnFigures>()

  match(query: MatchQuery) {
    return [...this.entries.values()]
      .filter((entry) => query.connections === null || query.connections.includes(entry.connection))
      .filter((entry) => !query.excludedSurveys.has(entry.surveyId))
      .filter(({ survey: { groupId }, connection }) => {
        return groupId === null || !query.excludedGroups.has(groupKey(connection, groupId))
      })
      .map((entry) => {
        const { inFlight, outcomes } = this.figures.get(entry.surveyId) ?? NO_FIGURES
        const conversionPercent = conversionEstimate(entry.survey, outcomes)
        const {
          verdict,
          quota: chosen,
          price,
        } = decide(
          matchOf(entry.survey, {
            surveyId: entry.surveyId,
            status: entry.status,
            connection: { ...KANTAR, id: entry.connection },
            panel: query.panel === null ? null : { id: query.panel, caps: null },
            panelist: { ...NOBODY, past: query.past ?? [], taken: query.taken ?? [] },
            circumstances: query,
            profile: query.profile,
            figures: { inFlight, conversionPercent },
            now: query.now,
          }),
          'match',
        )
        const perMinute = expectedPerMinute(price, conversionPercent, entry.survey.loiMinutes)
        const score = rankScore(verdict, perMinute)
        return { surveyId: entry.surveyId, verdict, quotaId: chosen?.quotaId ?? null, price, score }
      })
      .filter(({ verdict }) => verdict !== 'no')
      .sort(compareRanked)
  }
}

function shown(index: MatchingIndex, query: MatchQuery) {
  return index
    .match(query)
    .take(Number.POSITIVE_INFINITY)
    .map(({ surveyId, verdict, quota: chosen, price, score }) => {
      return { surveyId, verdict, quotaId: chosen?.quotaId ?? null, price, score }
    })
}

const surveyId = fc.constantFrom(...SURVEY_IDS)
const connection = fc.constantFrom(...CONNECTIONS)
const status = fc.constantFrom(
  'open' as const,
  'open' as const,
  'open' as const,
  'paused' as const,
  'unreadable' as const,
)
type Change = (index: MatchingIndex, reference: Reference) => void

function put(entry: CatalogueEntry): Change {
  return (index, reference) => {
    index.put(entry)
    reference.entries.set(entry.surveyId, entry)
  }
}

/** A new version of an indexed survey, changed by `how`. */
function rewrite(id: string, how: (entry: CatalogueEntry) => CatalogueEntry): Change {
  return (index, reference) => {
    const entry = reference.entries.get(id)
    if (entry !== undefined) put(how(entry))(index, reference)
  }
}

/** One of the parts that decide a survey's slot in the index, from another survey. */
function onePart({ quotas }: Survey, other: Survey, what: number): Partial<Survey> {
  const parts: Partial<Survey>[] = [
    { fullQuotaTerminates: other.fullQuotaTerminates },
    { locale: other.locale },
    { devices: other.devices },
    { panels: other.panels ?? PANELS },
    { clauses: other.clauses },
    { quotas: quotas.map((one) => ({ ...one, additionalQualifications: one.additionalQualifications > 0 ? 0 : 1 })) },
    { quotas: [...quotas].reverse() },
    { membersOnly: other.membersOnly ?? false },
    { oneQuotaPerPanelist: other.oneQuotaPerPanelist ?? false, exclusions: other.exclusions ?? [] },
  ]
  return parts[what] ?? {}
}

const threeQueries = fc.array(anyQuery, { minLength: 3, maxLength: 3 })

const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(surveyId, connection, anySurvey).map(([id, name, described]) => put(entryOf(id, name, described))),
  surveyId.map(
    (id): Change =>
      (index, reference) => {
        index.remove(id)
        reference.entries.delete(id)
        reference.figures.delete(id)
      },
  ),
  fc.tuple(surveyId, status).map(([id, now]) => rewrite(id, (entry) => ({ ...entry, status: now }))),
  fc.tuple(surveyId, fc.constantFrom(null, 0, 3)).map(([id, available]) =>
    rewrite(id, (entry) => {
      const flipped = entry.survey.quotas.map((one) => ({ ...one, available }))
      return { ...entry, survey: { ...entry.survey, quotas: flipped } }
    }),
  ),
  fc.tuple(surveyId, anySurvey).map(([id, { price, finishAt, groupId, enterable, additionalQualifications }]) =>
    rewrite(id, (entry) => ({
      ...entry,
      survey: { ...entry.survey, price, finishAt, groupId, enterable, additionalQualifications },
    })),
  ),
  // changes one part only: the index must notice each part that decides the slot
  fc
    .tuple(surveyId, anySurvey, fc.integer({ min: 0, max: 8 }))
    .map(([id, other, what]) =>
      rewrite(id, (entry) => ({ ...entry, survey: { ...entry.survey, ...onePart(entry.survey, other, what) } })),
    ),
  fc.tuple(surveyId, anyFigures).map(
    ([id, figures]): Change =>
      (index, reference) => {
        index.setFigures(id, figures)
        if (reference.entries.has(id)) reference.figures.set(id, figures)
      },
  ),
)

describe('the matching index agrees with the readable evaluation', () => {
  it('over random surveys and panelists, in verdict, quota, price, score and order', () => {
    let hits = 0
    fc.assert(
      fc.property(
        fc.array(fc.tuple(connection, anySurvey, status), { minLength: 1, maxLength: 40, size: 'max' }),
        fc.array(anyQuery, { minLength: 4, maxLength: 8 }),
        (surveys, queries) => {
          const index = new MatchingIndex()
          const reference = new Reference()
          for (const [position, [name, described, now]] of surveys.entries()) {
            put(entryOf(`s${position}`, name, described, now))(index, reference)
          }
          for (const query of queries) {
            const expected = reference.match(query)
            hits += expected.length
            expect(shown(index, query)).toEqual(expected)
          }
        },
      ),
      { numRuns: 1000 },
    )
    expect(hits).toBeGreaterThan(4000)
  })

  it('after random changes of versions, statuses, quotas, prices and sessions in flight', () => {
    let hits = 0
    fc.assert(
      fc.property(
        fc.array(fc.tuple(connection, anySurvey), { maxLength: SURVEY_IDS.length, size: 'max' }),
        fc.array(fc.tuple(anyChange, threeQueries), { minLength: 1, maxLength: 40 }),
        (surveys, steps) => {
          const index = new MatchingIndex()
          const reference = new Reference()
          for (const [position, [name, described]] of surveys.entries()) {
            put(entryOf(`s${position}`, name, described))(index, reference)
          }
          index.settle()
          for (const [change, queries] of steps) {
            change(index, reference)
            for (const query of queries) {
              const expected = reference.match(query)
              hits += expected.length
              expect(shown(index, query)).toEqual(expected)
            }
          }
          expect(index.size).toBe(reference.entries.size)
        },
      ),
      { numRuns: 1000 },
    )
    expect(hits).toBeGreaterThan(4000)
  })

  it('among many surveys, with attributes as lists instead of sets, and after a rebuild', () => {
    const samples = fc.sample(fc.tuple(connection, anySurvey), { numRuns: 900, seed: 20250615 })
    const queries = fc.sample(anyQuery, { numRuns: 60, seed: 4 })
    const index = new MatchingIndex()
    const reference = new Reference()
    const rareOnly = (position: number) => ({ attribute: `topic:${position % 90}`, answers: [String(position % 3)] })
    const knowing = queries.map((query, position) => ({
      ...query,
      profile: new Map([
        ...query.profile,
        ...knows(
          Object.fromEntries(
            Array.from({ length: 60 }, (_, topic) => [`topic:${topic}`, position % 2 ? ['1', '1', '0'] : ['2']]),
          ),
        ),
      ]),
    }))
    const check = () => {
      for (const query of knowing) expect(shown(index, query)).toEqual(reference.match(query))
    }
    const load = (from: number, to: number) => {
      for (const [position, [name, described]] of samples.slice(from, to).entries()) {
        const topics = position % 2 === 0 ? [rareOnly(position), rareOnly(position + 7)] : []
        const wanted = { ...described, clauses: [...described.clauses.slice(0, 1), ...topics] }
        put(entryOf(`many-${(from + position) % 700}`, name, wanted))(index, reference)
      }
    }
    load(0, 500)
    check()
    for (let from = 500; from < 900; from += 50) {
      load(from, from + 50)
      check()
    }
  })
})

describe('a gradual build', () => {
  it('answers from the old index meanwhile, applies every change, and frees space', async () => {
    const samples = fc.sample(fc.tuple(connection, anySurvey), { numRuns: 1300, seed: 11 })
    const changes = fc.sample(anyChange, { numRuns: 120, seed: 12 })
    const queries = fc.sample(anyQuery, { numRuns: 40, seed: 13 })
    const index = new MatchingIndex()
    const reference = new Reference()
    for (const [position, [name, described]] of samples.slice(0, 900).entries()) {
      put(entryOf(`s${position}`, name, described))(index, reference)
    }
    const check = () => {
      for (const query of queries) expect(shown(index, query)).toEqual(reference.match(query))
    }
    const noPause = async () => undefined
    await index.renew(noPause)
    check()
    // new conditions use up half the space of the largest country
    for (const [position, [name, described]] of samples.slice(900).entries()) {
      put(entryOf(`s${position}`, name, described))(index, reference)
    }
    let pauses = 0
    await index.renew(async () => {
      for (const change of changes.slice(pauses * 15, pauses * 15 + 15)) change(index, reference)
      pauses++
      check()
    })
    expect(pauses).toBeGreaterThan(4)
    check()
    pauses = 0
    await index.renew(async () => {
      pauses++
    })
    expect(pauses).toBe(0)
  })

  it('applies removals and puts that arrive during the build', async () => {
    const index = new MatchingIndex()
    const query: MatchQuery = {
      country: 'USA',
      locale: null,
      device: null,
      panel: null,
      now: NOON,
      profile: new Map(),
      connections: null,
      excludedSurveys: new Set(),
      excludedGroups: new Set(),
    }
    for (const id of ['a', 'b', 'c']) index.put(entryOf(id, 'kantar-us', survey()))
    let once = true
    await index.renew(async () => {
      if (!once) return
      once = false
      index.remove('b')
      index.put(entryOf('c', 'kantar-us', survey({ clauses: [sex('1')] })))
      index.put(entryOf('d', 'kantar-us', survey()))
    })
    expect(index.match(query).ids()).toEqual(['a', 'd'])
    expect(index.size).toBe(3)
  })
})

describe('the matching index', () => {
  const query = (changes: Partial<MatchQuery> = {}): MatchQuery => ({
    country: 'USA',
    locale: null,
    device: null,
    panel: null,
    now: NOON,
    profile: knows({ 'kantar:age': '30', 'kantar:sex': '2' }),
    connections: null,
    excludedSurveys: new Set(),
    excludedGroups: new Set(),
    ...changes,
  })
  const ids = (index: MatchingIndex, changes: Partial<MatchQuery> = {}) => index.match(query(changes)).ids()

  it('matches nothing in a country without surveys', () => {
    expect(ids(new MatchingIndex())).toEqual([])
  })

  it('counts a topic once although several of the panelist’s answers to it hit', () => {
    const index = new MatchingIndex()
    const topic = (name: string) => ({ attribute: `topic:${name}`, answers: ['1', '2', '3'] })
    for (let filler = 0; filler < 100; filler++) index.put(entryOf(`filler-${filler}`, 'kantar-us', survey()))
    index.put(entryOf('two-topics', 'kantar-us', survey({ clauses: [topic('cars'), topic('pets')] })))
    const profile = knows({ 'topic:cars': ['1', '2', '3'] })
    expect(ids(index, { profile })).not.toContain('two-topics')
    expect(ids(index, { profile: new Map([...profile, ...knows({ 'topic:pets': '3' })]) })).toContain('two-topics')
  })

  it('evaluates two clauses on one attribute separately', () => {
    const index = new MatchingIndex()
    index.put(entryOf('twice', 'kantar-us', survey({ clauses: [age(16, 40), age(31, 50)] })))
    expect(ids(index)).toEqual([])
    expect(ids(index, { profile: knows({ 'kantar:age': '35' }) })).toEqual(['twice'])
  })

  it('accepts answers and ranges that did not exist when it was built', () => {
    const index = new MatchingIndex()
    for (let filler = 0; filler < 40; filler++) {
      index.put(entryOf(`filler-${filler}`, 'kantar-us', survey({ clauses: [age(16, 40), sex('1')] })))
    }
    expect(ids(index)).toEqual([])
    index.put(entryOf('new-band', 'kantar-us', survey({ clauses: [age(29, 31), sex('2')] })))
    index.put(entryOf('new-topic', 'kantar-us', survey({ clauses: [{ attribute: 'kantar:pets', answers: ['1'] }] })))
    expect(ids(index)).toEqual(['new-band'])
    expect(ids(index, { profile: knows({ 'kantar:pets': '1' }) })).toEqual(['new-topic'])
  })

  it('moves a survey that changes its country', () => {
    const index = new MatchingIndex()
    index.put(entryOf('moving', 'kantar-us', survey()))
    expect(ids(index)).toEqual(['moving'])
    index.put(entryOf('moving', 'kantar-us', survey({ country: 'GBR' })))
    expect(ids(index)).toEqual([])
    expect(ids(index, { country: 'GBR' })).toEqual(['moving'])
    expect(index.size).toBe(1)
  })

  it('offers a survey of certain panels to their panelists only, and to none of `panels: []`', () => {
    const index = new MatchingIndex()
    index.put(entryOf('everybody', 'kantar-us', survey()))
    index.settle()
    expect(ids(index, { panel: 'toplife' })).toEqual(['everybody'])
    index.put(entryOf('plan', 'gateway', survey({ panels: ['lifepoints'] })))
    expect(ids(index, { panel: 'lifepoints' })).toEqual(['everybody', 'plan'])
    expect(ids(index, { panel: 'toplife' })).toEqual(['everybody'])
    expect(index.match(query({ panel: 'toplife' })).count).toBe(1)
    index.put(entryOf('plan', 'gateway', survey({ panels: ['toplife'] })))
    expect(ids(index, { panel: 'lifepoints' })).toEqual(['everybody'])
    expect(ids(index, { panel: 'toplife' })).toEqual(['everybody', 'plan'])
    index.put(entryOf('plan', 'gateway', survey({ panels: [] })))
    for (const panel of ['lifepoints', 'toplife']) expect(ids(index, { panel })).toEqual(['everybody'])
  })

  it('closes a quota when our own sessions fill it, and opens it when they end', () => {
    const index = new MatchingIndex()
    index.put(
      entryOf('small', 'kantar-us', survey({ conversionPercent: 50, quotas: [quota('q', [], { available: 2 })] })),
    )
    const inFlight = (sessions: number) =>
      index.setFigures('small', { inFlight: { survey: sessions, quotas: new Map([['q', sessions]]) }, outcomes: null })
    inFlight(3)
    expect(ids(index)).toEqual(['small'])
    inFlight(4)
    expect(ids(index)).toEqual([])
    inFlight(1)
    expect(ids(index)).toEqual(['small'])
  })

  it('moves a survey down when its sessions do not complete', () => {
    const index = new MatchingIndex()
    for (const id of ['a', 'b']) index.put(entryOf(id, 'kantar-us', survey()))
    expect(ids(index)).toEqual(['a', 'b'])
    index.setFigures('a', { ...NO_FIGURES, outcomes: { sessions: 50, completes: 1 } })
    expect(ids(index)).toEqual(['b', 'a'])
  })
})
