import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { upsertSurveys } from '../../commands/supply/upsert-surveys.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { aSurvey } from '../support/surveys.js'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.knex.raw('delete from surveys')
})

const writerOf = (connection: string) => ({ connection, provider: 'kantar', epoch: '1', now: new Date() })
const offers = (...ids: string[]) =>
  ids.map((id, index) => ({
    survey: aSurvey({ providerSurveyId: id }),
    order: String(index + 1),
    version: '1',
    raw: Buffer.from('{}'),
  }))
const after = async (revision: string): Promise<{ key: string; revision: string }[]> =>
  database
    .knex('surveys')
    .select({ key: 'provider_survey_id', revision: 'revision' })
    .where('revision', '>', revision)
    .orderBy('revision')

test('a reader of revision > last misses nothing while another transaction stays open', async () => {
  const slow = await database.knex.transaction()
  await upsertSurveys(slow, writerOf('slow'), offers('slow-1', 'slow-2'))

  await database.knex.transaction((trx) => upsertSurveys(trx, writerOf('fast'), offers('fast-1')))
  await stampRevisions(database.knex)
  const first = await after('0')
  expect(first.map((row) => row.key)).toEqual(['fast-1'])

  await slow.commit()
  await stampRevisions(database.knex)
  const second = await after(first.at(-1)?.revision ?? '0')
  expect(second.map((row) => row.key).sort()).toEqual(['slow-1', 'slow-2'])
})

test('a row that another writer has locked is skipped without waiting', async () => {
  await database.knex.transaction((trx) => upsertSurveys(trx, writerOf('c'), offers('held', 'free')))
  const writer = await database.knex.transaction()
  await writer('surveys').where({ provider_survey_id: 'held' }).update({ ir_percent: 1 })
  expect((await stampRevisions(database.knex)).stamped).toBe(1)
  await writer.commit()
  expect((await stampRevisions(database.knex)).stamped).toBe(1)
  expect(await database.knex('surveys').where({ dirty: true })).toEqual([])
})

test('with many stampers and writers the reader sees every change, in number order', async () => {
  const seen = new Map<string, string>()
  let last = '0'
  let writing = true
  const reader = (async () => {
    while (writing || (await after(last)).length > 0) {
      for (const row of await after(last)) {
        expect(BigInt(row.revision)).toBeGreaterThan(BigInt(last))
        seen.set(row.key, row.revision)
        last = row.revision
      }
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  })()
  await Promise.all(
    ['a', 'b', 'c'].map(async (connection) => {
      for (let page = 0; page < 15; page++) {
        const ids = Array.from({ length: 7 }, (_, index) => `${connection}-${page}-${index}`)
        await database.knex.transaction((trx) => upsertSurveys(trx, writerOf(connection), offers(...ids)))
        await stampRevisions(database.knex, 3)
      }
    }),
  )
  await stampRevisions(database.knex)
  writing = false
  await reader
  expect(seen.size).toBe(3 * 15 * 7)
})

test('notifies the index of the newest revision', async () => {
  await database.knex.transaction((trx) => upsertSurveys(trx, writerOf('c'), offers('one')))
  const connection = await database.knex.client.acquireConnection()
  const payloads: string[] = []
  try {
    connection.on('notification', (message: { payload: string }) => payloads.push(message.payload))
    await connection.query('listen tributary_catalogue')
    const { revision } = await stampRevisions(database.knex)
    await connection.query('select 1')
    expect(payloads).toEqual([revision])
  } finally {
    await connection.query('unlisten *')
    database.knex.client.releaseConnection(connection)
  }
})
