import { afterAll, beforeAll, expect, test } from 'vitest'
import { rememberServing } from '../../commands/supply/remember-serving.js'
import type { FeedServing } from '../../db/statements/write-serving.js'
import { untilBlocked } from '../support/blocked.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { aSurvey } from '../support/surveys.js'
import { type FeedApi, type FeedUpdate, offer, panelOf, startFeedApi, statuses, withdraw } from './feed-support.js'

let database: TestDatabase
let api: FeedApi
beforeAll(async () => {
  database = await createTestDatabase()
  api = await startFeedApi(database)
})
afterAll(async () => {
  await api.close()
  await database.drop()
})

const PANEL = 'lifepoints'
const survey = (providerSurveyId: string) => aSurvey({ providerSurveyId })
const cursor = () => database.knex('feed_cursors').where({ panel: PANEL }).first()

/** A poll whose cursor is stored only after that of a faster poll, and of what happened meanwhile. */
async function overtaken(meanwhile: () => Promise<Partial<FeedServing>>): Promise<FeedUpdate[]> {
  return (
    await database.knex.transaction(async (trx) => {
      const { acked_id, served_id, scope } = await trx('feed_cursors').where({ panel: PANEL }).forUpdate().first()
      const slower = panelOf(api).poll()
      await untilBlocked(database)
      const at = { ackedId: Number(acked_id), servedId: Number(served_id) }
      const faster = { panel: PANEL, at, scope, servedId: at.servedId, passedId: 0, opened: [], closed: [] }
      expect(await rememberServing(trx, { ...faster, ...(await meanwhile()) })).toBe(true)
      return { slower }
    })
  ).slower
}

test('a slower poll does not report a survey as open that a faster poll knew to be closed', async () => {
  await offer(database.knex, 'kantar-us', survey('first'))
  await panelOf(api).news()
  await offer(database.knex, 'kantar-us', survey('short'))
  let later = ''
  const told = await overtaken(async () => {
    await withdraw(database.knex, 'kantar-us', 'short')
    ;[later = ''] = await offer(database.knex, 'kantar-us', survey('later'))
    // the closure of "short" is no news, because it was never given
    const { revision } = await database.knex('surveys').where({ survey_id: later }).first('revision')
    return { servedId: Number(revision), opened: [later] }
  })
  expect(statuses(told)).toEqual({ [later]: 'OPEN' })
})

test('a slower poll reports nothing before the cursor that a faster poll advanced', async () => {
  await panelOf(api).news()
  await offer(database.knex, 'kantar-us', survey('brief'))
  const told = await overtaken(async () => {
    await withdraw(database.knex, 'kantar-us', 'brief')
    const row = await database.knex('surveys').max('revision as head').first()
    return { passedId: Number(row?.head) }
  })
  expect(told).toEqual([])
})

test('a poll with fewer connections does not advance the cursor of one with more', async () => {
  await panelOf(api).news()
  await offer(database.knex, 'kantar-us', survey('fresh'))
  const before = await cursor()
  const at = { ackedId: Number(before.acked_id), servedId: Number(before.served_id) }
  const old = { panel: PANEL, at, servedId: 0, passedId: 1_000_000, opened: [], closed: [] }
  expect(await rememberServing(database.knex, { ...old, scope: ['kantar-us'] })).toBe(false)
  expect(await cursor()).toEqual(before)
  // with the cursor's own connections it does
  expect(await rememberServing(database.knex, { ...old, scope: before.scope })).toBe(true)
})
