import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { quarantine } from '../../commands/supply/quarantine-records.js'
import { storeChunk } from '../../commands/supply/store-chunk.js'
import { upsertSurveys } from '../../commands/supply/upsert-surveys.js'
import { withdrawSurveys } from '../../commands/supply/withdraw-surveys.js'
import { openStock } from '../../db/read-models/open-stock.js'
import { findSurvey } from '../../db/read-models/survey-record.js'
import { openConnection } from '../../db/stores/connection-store.js'
import { withdrawAbsent } from '../../db/stores/survey-store.js'
import { surveyIdOf } from '../../db/survey-id.js'
import { money } from '../../domain/money.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { aSurvey } from '../support/surveys.js'

let database: TestDatabase
const writer = { connection: 'kantar-us', provider: 'kantar', epoch: '1', now: new Date('2026-01-05T10:00:00Z') }

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.knex.raw(
    'delete from surveys; delete from quarantine; delete from supply_log; delete from connections',
  )
  await openConnection(database.knex, { connection: 'kantar-us', provider: 'kantar' })
})

const offer = (order: string, given: Parameters<typeof aSurvey>[0] = {}, version = `1:${order}`) => ({
  survey: aSurvey(given),
  order,
  version,
  raw: Buffer.from(JSON.stringify({ order, version, extra: 'unknown field' })),
})
const store = (...offers: ReturnType<typeof offer>[]) =>
  database.knex.transaction((trx) => upsertSurveys(trx, writer, offers))
const held = (providerSurveyId = 'plan-1') => findSurvey(database.knex, surveyIdOf('kantar-us', providerSurveyId))
const logged = () =>
  database
    .knex('supply_log')
    .select('item_key', 'source_order', 'disposition')
    .orderBy(['source_order', 'disposition'])
    .then((rows) => rows.map((row) => `${row.item_key} ${row.source_order} ${row.disposition}`))

describe('editions', () => {
  test('a survey is read as it was stored, including money', async () => {
    const survey = aSurvey({
      price: money(9_007_199_254_740_993n, 'USD'),
      quotas: [
        {
          quotaId: 'q1',
          status: 'open',
          available: 5,
          price: money(275, 'GBP'),
          layers: [{ subQuotas: [{ clauses: [{ attribute: 'kantar:sex', answers: ['1'] }], available: null }] }],
          additionalQualifications: 0,
        },
      ],
    })
    await store({ ...offer('7'), survey })
    expect((await held())?.survey).toEqual(survey)
    const { raw } = await database.knex('surveys').first('raw')
    expect(JSON.parse(raw).extra).toBe('unknown field')
  })

  test('the same page again writes nothing', async () => {
    const page = [offer('1', { providerSurveyId: 'a' }), offer('2', { providerSurveyId: 'b' })]
    expect(await store(...page)).toEqual({ stored: 2, unchanged: 0, stale: 0 })
    const versions = () =>
      database.knex('surveys').select(database.knex.raw('xmin::text, survey_id')).orderBy('survey_id')
    const before = await versions()
    expect(await store(...page)).toEqual({ stored: 0, unchanged: 2, stale: 0 })
    expect(await versions()).toEqual(before)
    expect(await logged()).toHaveLength(2)
  })

  test('an older edition never overwrites a newer one, and is logged', async () => {
    await store(offer('9', { irPercent: 90 }))
    expect(await store(offer('4', { irPercent: 40 }))).toEqual({ stored: 0, unchanged: 0, stale: 1 })
    expect((await held())?.survey.irPercent).toBe(90)
    expect(await logged()).toEqual(['plan-1 4 stale', 'plan-1 9 stored'])
  })

  test('of equal numbers the higher version is newer, compared number by number', async () => {
    await store(offer('5', { irPercent: 10 }, '10:1'), offer('5', { irPercent: 9 }, '9:2'))
    expect((await held())?.survey.irPercent).toBe(10)
  })

  test('numbers beyond 2^53 are distinguished', async () => {
    await store(offer('9007199254740993', { irPercent: 93 }))
    await store(offer('9007199254740992', { irPercent: 92 }))
    expect((await held())?.survey.irPercent).toBe(93)
    expect((await held())?.sourceOrder).toBe('9007199254740993')
  })

  test('a newer edition with the same content updates the edition without a new revision', async () => {
    await store(offer('1'))
    await database.knex('surveys').update({ dirty: false })
    expect(await store(offer('2'))).toEqual({ stored: 0, unchanged: 1, stale: 0 })
    expect(await database.knex('surveys').first('source_order', 'dirty')).toEqual({ source_order: '2', dirty: false })
  })

  test('the same provider id on two connections is two surveys', async () => {
    await store(offer('1'))
    await database.knex.transaction((trx) =>
      upsertSurveys(trx, { ...writer, connection: 'kantar-eu' }, [offer('1', { country: 'DEU' })]),
    )
    expect((await held())?.survey.country).toBe('USA')
    expect(await openStock(database.knex, 'kantar-eu')).toEqual({ surveys: 1, countries: ['DEU'] })
  })
})

describe('a record that PostgreSQL refuses', () => {
  test('does not lose the other records of its chunk', async () => {
    const offers = ['a', 'b', 'c', 'd', 'e'].map((id, index) => offer(String(index + 1), { providerSurveyId: id }))
    offers[1] = offer('2', { providerSurveyId: 'b', groupId: 'nul\0inside' })
    offers[3] = offer('4', { providerSurveyId: 'd', availableCompletes: 3_000_000_000 })
    const answer = await database.knex.transaction((trx) => storeChunk(trx, writer, offers))
    expect(answer.stored).toBe(3)
    expect(answer.refused.map((one) => [one.providerSurveyId, one.order])).toEqual([
      ['b', '2'],
      ['d', '4'],
    ])
    expect(answer.refused[1]?.reason).toMatch(/cannot store it: .*out of range/)
    await database.knex.transaction((trx) => quarantine(trx, writer, answer.refused, '0'))
    expect(await database.knex('quarantine').count({ n: '*' }).first()).toEqual({ n: '2' })
  })
})

describe('withdrawal', () => {
  test('a newer withdrawal removes the survey, an older one does not', async () => {
    await store(offer('5'))
    const withdraw = (order: string) =>
      database.knex.transaction((trx) => withdrawSurveys(trx, writer, [{ providerSurveyId: 'plan-1', order }]))
    expect(await withdraw('4')).toBe(0)
    expect((await held())?.status).toBe('open')
    expect(await withdraw('6')).toBe(1)
    expect((await held())?.status).toBe('withdrawn')
    await store(offer('5'))
    expect((await held())?.status).toBe('withdrawn')
    await store(offer('7'))
    expect((await held())?.status).toBe('open')
  })

  test('a survey absent from a whole list is withdrawn, and is back when it is listed again', async () => {
    await store(offer('1', { providerSurveyId: 'a' }), offer('1', { providerSurveyId: 'b' }))
    await database.knex.transaction((trx) => withdrawAbsent(trx, 'kantar-us', ['a']))
    expect([(await held('a'))?.status, (await held('b'))?.status]).toEqual(['open', 'withdrawn'])
    await store(offer('1', { providerSurveyId: 'b' }))
    expect((await held('b'))?.status).toBe('open')
  })
})

describe('any order, any number of times (F12)', () => {
  type Saying = { plan: string; order: number; readable: boolean; content: number }
  const say = fc.record({
    plan: fc.constantFrom('a', 'b', 'c'),
    order: fc.integer({ min: 1, max: 12 }),
    readable: fc.boolean(),
    content: fc.integer({ min: 1, max: 90 }),
  })
  // one number is one version of the provider
  const feed = fc.uniqueArray(say, { maxLength: 12, selector: ({ order }) => order })

  test('ends as the feed in its order would', async () => {
    await fc.assert(
      fc.asyncProperty(
        feed.chain((sayings) =>
          fc.tuple(
            fc.constant(sayings),
            fc.shuffledSubarray([...sayings, ...sayings], {
              minLength: sayings.length * 2,
              maxLength: sayings.length * 2,
            }),
            fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 24, maxLength: 24 }),
          ),
        ),
        async ([sayings, shuffled, sizes]) => {
          const calm = await play([...sayings].sort((one, other) => one.order - other.order).map((one) => [one]))
          const pages: Saying[][] = []
          for (let at = 0, page = 0; at < shuffled.length; page++) {
            const size = sizes[page] ?? 1
            pages.push(shuffled.slice(at, at + size))
            at += size
          }
          expect(await play(pages)).toEqual(calm)
        },
      ),
      { numRuns: Number(process.env.TRIBUTARY_RUNS ?? 40) },
    )
  }, 240_000)

  async function play(pages: Saying[][]): Promise<unknown> {
    await database.knex.raw('delete from surveys; delete from quarantine; delete from supply_log')
    for (const page of pages) {
      await database.knex.transaction(async (trx) => {
        const good = page.filter((one) => one.readable)
        await upsertSurveys(
          trx,
          writer,
          good.map((one) => offer(String(one.order), { providerSurveyId: one.plan, irPercent: one.content })),
        )
        const bad = page.filter((one) => !one.readable)
        await quarantine(
          trx,
          writer,
          bad.map((one) => ({
            providerSurveyId: one.plan,
            order: String(one.order),
            reason: 'drift',
            raw: Buffer.from(`${one.plan}${one.order}`),
          })),
          '0',
        )
      })
    }
    const rows = await database
      .knex('surveys')
      .select('provider_survey_id', 'status', 'source_order', 'ir_percent')
      .orderBy('provider_survey_id')
    const open = await database
      .knex('quarantine')
      .where({ state: 'open' })
      .select('item_key', 'source_order')
      .orderBy('item_key')
    const received = await database.knex.raw(
      `select item_key, source_order from supply_log union select item_key, source_order from quarantine order by 1, 2`,
    )
    // the earlier content of an unreadable survey is not visible
    const surveys = rows.map((row) => (row.status === 'unreadable' ? { ...row, ir_percent: null } : row))
    return { surveys, open, received: received.rows }
  }
})
