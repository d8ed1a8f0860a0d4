import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareWithDecide } from '../../catalogue/compare.js'
import type { ConnectionStanding } from '../../catalogue/connections.js'
import { ANY_PANEL, connectionFacts, matchFacts } from '../../catalogue/facts.js'
import { MatchingIndex } from '../../catalogue/index/matching-index.js'
import { askingOf, type CatalogueQuery, matchAll } from '../../catalogue/match-all.js'
import { decide } from '../../domain/eligibility/decide.js'
import { RULES } from '../../domain/eligibility/rules.js'
import { compareRanked } from '../../domain/ranking.js'
import { NOON } from '../domain/targeting/surveys.js'
import { anyFigures, anyHistory, anyQuery, anySurvey, CONNECTIONS, entryOf, SURVEY_IDS } from './arbitraries.js'

const standing: fc.Arbitrary<Omit<ConnectionStanding, 'id'>> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ status: 'ok' as const, ageSeconds: 1, offered: true }) },
  { weight: 1, arbitrary: fc.constant({ status: 'paused' as const, ageSeconds: 1, offered: false }) },
  { weight: 1, arbitrary: fc.constant({ status: 'stale' as const, ageSeconds: 9_999, offered: false }) },
)
const standings = fc
  .tuple(standing, standing, standing)
  .map((drawn) => drawn.map((one, position) => ({ id: CONNECTIONS[position] ?? '', ...one })))
const status = fc.constantFrom('open' as const, 'open' as const, 'open' as const, 'open' as const, 'paused' as const)
const stock = fc.array(fc.tuple(fc.constantFrom(...CONNECTIONS), anySurvey, status, anyFigures), {
  minLength: SURVEY_IDS.length,
  maxLength: SURVEY_IDS.length,
})

/** Of a match, these are decided before the catalogue is asked: whose connections it may be asked about at all. */
const BEFORE = new Set<string>(['minimum_age', 'usable', 'blocked', 'unwanted', 'caps'])
/** Only where a plan's record is known. */
const WITH_RECORD = new Set<string>(['allocation', 'soft_launch'])
/** Never says no. */
const NEVER = new Set<string>(['hidden_qualifications'])

test('a match finds what decide lets in, at its quota and price; every rule has refused', async () => {
  const refused = new Map<string, number>()
  let hits = 0
  await fc.assert(
    fc.asyncProperty(
      stock,
      fc.array(fc.tuple(anyQuery, anyHistory), { minLength: 3, maxLength: 3 }),
      standings,
      async (drawn, askers, connections) => {
        const index = new MatchingIndex()
        for (const [position, [connection, survey, stored, figures]] of drawn.entries()) {
          index.put(entryOf(`s${position}`, connection, survey, stored), figures)
        }
        for (const [{ profile, country, locale, device, panel, excludedSurveys }, history] of askers) {
          const query: CatalogueQuery = {
            panelist: { panelistId: 'p', country, locale, dateOfBirth: null, profile: {} },
            device,
            panel: panel ?? 'unheard-of',
            connections: CONNECTIONS,
            excludedSurveys,
            excludedGroups: new Set(),
            ...history,
            limit: 100,
          }
          const asking = askingOf(query, profile, NOON)
          const expected = drawn.flatMap((_one, position) => {
            const indexed = index.get(`s${position}`)
            const connection = connections.find(({ id }) => id === indexed?.entry.connection)
            if (indexed === undefined || connection === undefined) return []
            const facts = matchFacts(indexed, { ...asking, connection: connectionFacts(connection, ANY_PANEL) })
            const { verdict, quota, price, trace } = decide(facts, 'match')
            const broken = trace.rules.filter(({ holds }) => holds === 'no').map(({ rule }) => rule)
            const ofQuotas = trace.quotas.flatMap(({ rules }) => rules.filter(({ holds }) => holds === 'no'))
            for (const rule of new Set([...broken, ...ofQuotas.map((one) => one.rule)])) {
              refused.set(rule, (refused.get(rule) ?? 0) + 1)
            }
            if (verdict === 'no') return []
            return [{ surveyId: `s${position}`, verdict, quotaId: quota?.quotaId ?? null, price }]
          })
          hits += expected.length
          const found = matchAll(index, query, profile, connections, NOON).take(Number.POSITIVE_INFINITY)
          expect([...found].sort(compareRanked)).toEqual(found)
          const shown = found.map(({ surveyId, verdict, quota, price }) => {
            return { surveyId, verdict, quotaId: quota?.quotaId ?? null, price }
          })
          const byId = (one: { surveyId: string }, other: { surveyId: string }) =>
            one.surveyId < other.surveyId ? -1 : 1
          expect(shown.sort(byId)).toEqual(expected.sort(byId))
          const answer = { query, profile, standings: connections, now: NOON }
          expect(await compareWithDecide(index, answer, async () => undefined)).toEqual([])
        }
      },
    ),
    { numRuns: 1_000 },
  )
  expect(hits).toBeGreaterThan(1_000)
  for (const { name, phases } of RULES) {
    if (!(phases as readonly string[]).includes('match') || BEFORE.has(name) || WITH_RECORD.has(name)) continue
    if (!NEVER.has(name)) expect(refused.get(name) ?? 0, name).toBeGreaterThan(50)
  }
})

test('a comparison finds an index that lost a rule', async () => {
  const index = new MatchingIndex()
  const [survey] = fc.sample(anySurvey, { numRuns: 1, seed: 1 })
  if (survey === undefined) throw new Error('no survey was drawn')
  const plain = { ...survey, country: 'USA', locale: null, devices: null, clauses: [], quotas: [], enterable: true }
  const open = { ...plain, finishAt: null, availableCompletes: null, membersOnly: false, fullQuotaTerminates: false }
  const { panels: _panels, grouping: _grouping, exclusions: _exclusions, ...described } = open
  index.put(entryOf('s1', 'kantar-us', described))
  const standing = { id: 'kantar-us', status: 'ok' as const, ageSeconds: 1, offered: true }
  const query: CatalogueQuery = {
    panelist: { panelistId: 'p', country: 'USA', locale: null, dateOfBirth: null, profile: {} },
    device: null,
    panel: 'lifepoints',
    connections: ['kantar-us'],
    excludedSurveys: new Set(),
    excludedGroups: new Set(),
    limit: 10,
  }
  const answer = { query, profile: new Map(), standings: [standing], now: NOON }
  const compare = () => compareWithDecide(index, answer, async () => undefined)
  expect(await compare()).toEqual([])
  // an index whose slot says open while its survey is for invited people alone
  Object.assign(index.get('s1')?.entry.survey ?? {}, { membersOnly: true })
  expect(await compare()).toEqual([{ surveyId: 's1', rule: 'invitation' }])
})
