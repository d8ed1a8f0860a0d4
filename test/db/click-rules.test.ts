import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { enterSession } from '../../db/statements/enter-session.js'
import { openConnection } from '../../db/stores/connection-store.js'
import { decide } from '../../domain/eligibility/decide.js'
import { RULES } from '../../domain/eligibility/rules.js'
import type { Layer, Quota, Survey } from '../../domain/survey.js'
import { KANTAR, matchOf } from '../domain/eligibility/facts.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { CONNECTION, createdSession, stock, T0 } from '../support/sessions.js'
import { aSurvey } from '../support/surveys.js'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const mostly = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(...others) })
const limit = mostly<number | null>(null, 0, 1)
const layers: fc.Arbitrary<Layer[]> = fc.array(
  fc.record({
    subQuotas: fc.array(fc.record({ clauses: fc.constant([]), available: fc.constantFrom(null, 3, 0) }), {
      minLength: 1,
      maxLength: 2,
    }),
  }),
  { maxLength: 2 },
)
const quota: fc.Arbitrary<Quota> = fc.record({
  quotaId: fc.constantFrom('q1', 'q2'),
  status: mostly<Quota['status']>('open', 'paused', 'closed'),
  available: limit,
  layers,
  additionalQualifications: fc.constant(0),
})
const drawn = fc.record({
  status: mostly<Survey['status']>('open', 'paused', 'closed'),
  enterable: mostly(true, false),
  finishAt: mostly<string | null>(null, T0.toISOString(), '2026-11-20T10:00:00.001Z'),
  availableCompletes: limit,
  panels: mostly<string[] | undefined>(undefined, [], ['toplife'], ['toplife', 'lifepoints']),
  quotas: fc.uniqueArray(quota, { selector: ({ quotaId }) => quotaId, maxLength: 2 }),
  session: mostly<string | null>('q1', null),
  connection: mostly<'running' | 'paused' | 'removed'>('running', 'paused', 'removed'),
})

test('the click’s statement admits the same respondents as the click’s rules; every rule refuses', async () => {
  const { knex } = database
  await openConnection(knex, { connection: CONNECTION, provider: 'kantar' })
  const refused = new Map<string, number>()
  let entered = 0
  let surveys = 0
  await fc.assert(
    fc.asyncProperty(drawn, async ({ panels, session, connection, ...given }) => {
      const providerSurveyId = `click-${++surveys}`
      const survey = aSurvey({ ...given, providerSurveyId, ...(panels === undefined ? {} : { panels }) })
      await stock(knex, survey)
      const row = await createdSession(knex, { providerSurveyId, providerQuotaId: session })
      const state = connection === 'removed' ? 'removed' : 'healthy'
      await knex('connections')
        .where({ connection: CONNECTION })
        .update({ paused: connection === 'paused', state })
      const { verdict, trace } = decide(
        matchOf(survey, {
          surveyId: row.survey_id,
          connection: { ...KANTAR, running: connection === 'running' },
          panel: { id: 'lifepoints', caps: null },
          profile: null,
          quota: { kind: 'these', quotaIds: session === null ? [] : [session] },
          now: T0,
        }),
        'click',
      )
      for (const { rule, holds } of trace.rules) if (holds === 'no') refused.set(rule, (refused.get(rule) ?? 0) + 1)
      const click = await enterSession(knex, row.entry_token, T0)
      expect(click !== null).toBe(verdict !== 'no')
      if (click !== null) entered += 1
    }),
    { numRuns: 300 },
  )
  expect(entered).toBeGreaterThan(30)
  const ofPlans = new Set(['allocation', 'soft_launch'])
  for (const { name, phases } of RULES) {
    if (!(phases as readonly string[]).includes('click') || ofPlans.has(name)) continue
    expect(refused.get(name) ?? 0, name).toBeGreaterThan(3)
  }
  expect(refused.get('quota') ?? 0).toBeGreaterThan(3)
})
