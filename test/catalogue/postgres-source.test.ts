import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type Catalogue, createCatalogue } from '../../catalogue/catalogue.js'
import { createPostgresSource, type PostgresSource } from '../../catalogue/postgres-source.js'
import { upsertSurveys } from '../../commands/supply/upsert-surveys.js'
import { withdrawSurveys } from '../../commands/supply/withdraw-surveys.js'
import { connectDatabase } from '../../db/connect.js'
import { openConnection, pauseConnection, resumeConnection } from '../../db/stores/connection-store.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import { surveyIdOf } from '../../db/survey-id.js'
import type { Survey } from '../../domain/survey.js'
import { age, panelist, quota, survey } from '../domain/targeting/surveys.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { SOON } from '../support/patience.js'
import { kantarConnection } from './fake-source.js'

let database: TestDatabase
let source: PostgresSource
let catalogue: Catalogue

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

beforeEach(async () => {
  await database.knex.raw('delete from sessions; delete from surveys; delete from connections')
  await openConnection(database.knex, { connection: 'kantar-us', provider: 'kantar' })
  await database.knex('connections').update({ last_success_at: new Date() })
  return async () => {
    await catalogue.close()
    await source.close()
  }
})

let order = 0
const writer = () => ({ connection: 'kantar-us', provider: 'kantar', epoch: '1', now: new Date() })
async function write(...surveys: Survey[]): Promise<void> {
  const offered = surveys.map((each) => ({
    survey: each,
    order: String(++order),
    version: '1',
    raw: Buffer.from('{}'),
  }))
  await database.knex.transaction((trx) => upsertSurveys(trx, writer(), offered))
  await stampRevisions(database.knex)
}

/** An interval so long that a test only sees reads after a wake-up. */
async function follow(lookEveryMs = 600_000): Promise<void> {
  source = createPostgresSource(database)
  const log = { info: () => undefined, warn: () => undefined }
  catalogue = createCatalogue({
    source,
    clock: () => new Date(),
    log,
    connections: [kantarConnection()],
    lookEveryMs,
    pageSize: 7,
  })
  await catalogue.start()
}

const query = {
  panelist: panelist({ profile: { age: 30 } }),
  device: null,
  panel: 'lifepoints',
  connections: ['kantar-us'],
  excludedSurveys: new Set<string>(),
  excludedGroups: new Set<string>(),
  limit: 200,
}
const offered = () => catalogue.match(query).map((offer) => offer.providerSurveyId)
const soon = (check: () => void) => vi.waitFor(check, SOON)

test('loads every page with money and ranges as they were written', async () => {
  const many = Array.from({ length: 20 }, (_, number) =>
    survey({ providerSurveyId: `p${String(number).padStart(2, '0')}`, quotas: [quota('q', [age(16, 40)])] }),
  )
  await write(...many)
  await follow()
  expect(offered().sort()).toEqual(many.map((each) => each.providerSurveyId))
  expect(catalogue.match(query)[0]).toMatchObject({
    surveyId: surveyIdOf('kantar-us', catalogue.match(query)[0]?.providerSurveyId ?? ''),
    quotaId: 'q',
    price: { amountMinor: 150n, currency: 'USD' },
  })
})

test('a new version, a pause and a withdrawal apply at the wake-up after their stamp', async () => {
  await follow()
  // let the listening connection’s own first wake-up pass
  await new Promise((resolve) => setTimeout(resolve, 200))
  await write(survey({ providerSurveyId: 'p1' }))
  await soon(() => expect(offered()).toEqual(['p1']))
  await write(survey({ providerSurveyId: 'p1', status: 'paused' }), survey({ providerSurveyId: 'p2' }))
  await soon(() => expect(offered()).toEqual(['p2']))
  await database.knex.transaction((trx) =>
    withdrawSurveys(trx, writer(), [{ providerSurveyId: 'p2', order: String(++order) }]),
  )
  await stampRevisions(database.knex)
  await soon(() => expect(offered()).toEqual([]))
  const { max } = (await database.knex('surveys').max('revision').first()) as { max: string }
  expect(catalogue.state().revision).toBe(BigInt(max))
})

test('a row that is not stamped is not read', async () => {
  await database.knex.transaction((trx) =>
    upsertSurveys(trx, writer(), [{ survey: survey(), order: String(++order), version: '1', raw: Buffer.from('{}') }]),
  )
  await follow(10)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(offered()).toEqual([])
  await stampRevisions(database.knex)
  await soon(() => expect(offered()).toEqual(['survey-1']))
})

test('a cut listening connection reconnects and reads what changed meanwhile', async () => {
  await follow()
  const listening = () =>
    database
      .knex('pg_stat_activity')
      .where({ application_name: 'tributary catalogue wake-up', datname: database.knex.raw('current_database()') })
      .select('pid')
  const before = await vi.waitFor(async () => {
    const [found] = await listening()
    expect(found?.pid).toBeTypeOf('number')
    return found
  }, SOON)
  const owner = connectDatabase({ url: database.url, applicationName: 'test owner', asOwner: true })
  await owner.raw('select pg_terminate_backend(?)', [before?.pid ?? 0])
  await owner.destroy()
  await write(survey({ providerSurveyId: 'meanwhile' }))
  await soon(() => expect(offered()).toEqual(['meanwhile']))
  await vi.waitFor(async () => {
    const [after] = await listening()
    expect(after?.pid).toBeTypeOf('number')
    expect(after?.pid).not.toBe(before?.pid)
  }, SOON)
  await write(survey({ providerSurveyId: 'later' }))
  await soon(() => expect(offered()).toEqual(['later', 'meanwhile'].sort(byId)))
})

const byId = (one: string, other: string) => (surveyIdOf('kantar-us', one) < surveyIdOf('kantar-us', other) ? -1 : 1)

test('sessions in flight hold the quota; finished ones free it and change the rank', async () => {
  const small = survey({ providerSurveyId: 'small', conversionPercent: 50, quotas: [quota('q', [], { available: 1 })] })
  await write(small, survey({ providerSurveyId: 'wide' }))
  await follow(20)
  const sessions = await Promise.all([session('small', 'q'), session('small', 'q')])
  await soon(() => expect(offered()).toEqual(['wide']))
  await database
    .knex('sessions')
    .where({ session_id: sessions[0] })
    .update({ state: 'finished', outcome: 'TERMINATED' })
  await soon(() => expect(offered()).toEqual(['small', 'wide']))
  expect(await source.inFlight()).toEqual([{ surveyId: surveyIdOf('kantar-us', 'small'), quotaId: 'q', sessions: 1 }])
})

test('a session counts as an outcome only if it was entered', async () => {
  await follow()
  const [never, entered] = await Promise.all([session('s', null), session('s', null)])
  const finish = (id: string, outcome: string, times: object) =>
    database
      .knex('sessions')
      .where({ session_id: id })
      .update({ state: 'finished', outcome, finished_at: new Date(), ...times })
  await finish(never, 'TIMEOUT', {})
  await finish(entered, 'COMPLETED', { entered_at: new Date() })
  expect(await source.outcomes()).toEqual([{ surveyId: surveyIdOf('kantar-us', 's'), sessions: 1, completes: 1 }])
})

test('a paused connection is not offered, a resumed one is', async () => {
  await write(survey())
  await follow(20)
  expect(offered()).toEqual(['survey-1'])
  await pauseConnection(database.knex, 'kantar-us', 'a test', new Date())
  await soon(() => expect(offered()).toEqual([]))
  expect(catalogue.standings(['kantar-us'])).toMatchObject([{ status: 'paused' }])
  await resumeConnection(database.knex, 'kantar-us', new Date())
  await soon(() => expect(offered()).toEqual(['survey-1']))
})

async function session(providerSurveyId: string, quotaId: string | null): Promise<string> {
  const sessionId = randomUUID()
  await database.knex('sessions').insert({
    session_id: sessionId,
    panel: 'lifepoints',
    panelist_id: sessionId,
    survey_id: surveyIdOf('kantar-us', providerSurveyId),
    connection: 'kantar-us',
    provider: 'kantar',
    provider_survey_id: providerSurveyId,
    provider_quota_id: quotaId,
    country: 'USA',
    state: 'created',
    required_grade: 'E1',
    entry_token: sessionId,
    provider_panelist_id: sessionId,
    entry_deadline: new Date(Date.now() + 60_000),
    completion_ttl: '1 day',
    late_grace: '30 days',
  })
  return sessionId
}
