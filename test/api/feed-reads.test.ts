import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { FeedItems } from '../../api/supply/feed-items.js'
import { connectDatabase } from '../../db/connect.js'
import { type FeedNews, readFeed } from '../../db/read-models/feed.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { launch } from '../support/plans.js'
import { aSurvey } from '../support/surveys.js'
import { type FeedApi, offer, panelOf, startFeedApi } from './feed-support.js'

let database: TestDatabase
let api: FeedApi
interface Statement {
  readonly sql: string
  readonly bindings: readonly (string | number)[]
}
const queries: Statement[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  api = await startFeedApi(database)
  database.knex.on('query', (statement: Statement) => queries.push(statement))
})
afterAll(async () => {
  await api.close()
  await database.drop()
})
beforeEach(async () => {
  await database.knex.raw(
    'delete from feed_cursors; delete from feed_deliveries; delete from survey_plans; delete from surveys',
  )
})

/** The feed's SQL statements that some work sends. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  return (await sentBy(work)).map(({ sql }) => sql)
}

async function sentBy(work: () => Promise<unknown>): Promise<Statement[]> {
  queries.length = 0
  await work()
  // the catalogue reads the same database meanwhile
  return queries.filter(({ sql }) => /feed_|left join survey_plans/.test(sql))
}

/** PostgreSQL's query plan for the only statement of some work. */
async function planOf(work: () => Promise<unknown>): Promise<string> {
  const [statement, ...others] = await sentBy(work)
  if (statement === undefined || others.length > 0) throw new Error('one statement was expected')
  const owner = connectDatabase({ url: database.url, applicationName: 'feed test', asOwner: true, poolSize: 1 })
  try {
    await owner.raw('analyze')
    const { rows } = (await owner.raw(`explain ${statement.sql.replace(/\$\d+/g, '?')}`, [...statement.bindings])) as {
      rows: { 'QUERY PLAN': string }[]
    }
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  } finally {
    await owner.destroy()
  }
}

describe('a poll with nothing new', () => {
  it('is one read', async () => {
    await launch(database.knex)
    await panelOf(api).news()
    const statements = await statementsOf(() => panelOf(api).poll())
    expect(statements).toHaveLength(1)
    expect(statements[0]).toMatch(/^select/)
  })

  it('is one read too when the news is for other panels', async () => {
    await launch(database.knex)
    await panelOf(api).news()
    for (let other = 0; other < 5; other += 1) await launch(database.knex, { targetPanels: ['toplife'] })
    expect(await panelOf(api).poll()).toEqual([])
    expect(await statementsOf(() => panelOf(api).poll())).toHaveLength(1)
  })

  it('uses indexes at any size', async () => {
    await fill(20_000)
    const { at } = await readFeed(database.knex, { panel: 'lifepoints', connections: [], after: 0 })
    for (const changed of [0, 50]) {
      const asked = { panel: 'lifepoints', connections: ['gateway', 'kantar-us'], after: at.head - changed }
      const plan = await planOf(() => readFeed(database.knex, asked))
      expect(plan).toMatch(/Index Only Scan Backward using surveys_revision/)
      expect(plan).toMatch(/Index Scan using surveys_revision/)
      expect(plan).not.toMatch(/Seq Scan on surveys/)
    }
  })

  it('stores an advanced cursor after skipping many revisions for other panels', async () => {
    await launch(database.knex)
    await panelOf(api).news()
    for (let round = 0; round < 6; round += 1) await fill(100, 'purespectrum')
    const narrow = panelOf(api, 'narrow')
    expect(await narrow.poll()).toEqual([])
    const { at } = await readFeed(database.knex, { panel: 'narrow', connections: ['kantar-us'], after: 0 })
    expect(at.ackedId).toBe(at.head)
    const [survey] = await offer(database.knex, 'kantar-us', aSurvey())
    expect(await narrow.news()).toEqual({ [survey ?? '']: 'OPEN' })
  })
})

describe('a poll with news', () => {
  it('renders a survey once per version for all panels', async () => {
    await launch(database.knex, { targetPanels: ['lifepoints', 'toplife'] })
    await fill(200, 'elsewhere')
    const bodies = (statements: string[]) => statements.filter((sql) => sql.includes('left join survey_plans'))
    expect(bodies(await statementsOf(() => panelOf(api, 'lifepoints').poll()))).toHaveLength(1)
    expect(bodies(await statementsOf(() => panelOf(api, 'toplife').poll()))).toHaveLength(0)
    expect(bodies(await statementsOf(() => panelOf(api, 'lifepoints').poll()))).toHaveLength(0)
  })

  it('reads the newest surveys with their content in one statement', async () => {
    await launch(database.knex)
    await offer(database.knex, 'kantar-us', aSurvey())
    const statements = await statementsOf(() => panelOf(api).poll())
    expect(statements.filter((sql) => sql.includes('where s.survey_id = any'))).toEqual([])
    expect((await panelOf(api).poll()).map(({ survey_plan }) => survey_plan.status)).toEqual(['OPEN', 'OPEN'])
  })

  it('writes nothing when the panel was given the same before', async () => {
    await launch(database.knex)
    await panelOf(api).poll()
    const statements = await statementsOf(() => panelOf(api).poll())
    expect(statements.filter((sql) => /insert|update|delete/i.test(sql))).toEqual([])
  })

  it('caches renderings up to its limit', async () => {
    await offer(
      database.knex,
      'kantar-us',
      ...Array.from({ length: 20 }, (_, index) => aSurvey({ providerSurveyId: `s${index}` })),
    )
    const news = await newsWithoutContent()
    const small = new FeedItems(database.knex, () => new Map(), 3_000)
    expect((await small.of(news)).size).toBe(20)
    expect(await statementsOf(() => small.of(news.slice(-1)))).toHaveLength(0)
    expect(await statementsOf(() => small.of(news.slice(0, 1)))).toHaveLength(1)
  })

  it('does not cache a survey that waits for its next revision', async () => {
    await offer(database.knex, 'kantar-us', aSurvey())
    const items = new FeedItems(database.knex, () => new Map())
    await database.knex('surveys').update({ dirty: true })
    const read = newsWithoutContent
    await items.of(await read())
    expect(await statementsOf(async () => items.of(await read()))).toHaveLength(2)
    await stampRevisions(database.knex)
    await items.of(await read())
    expect(await statementsOf(async () => items.of(await read()))).toHaveLength(1)
  })
})

/** The changes as a panel with an old cursor reads them: without content. */
async function newsWithoutContent(): Promise<FeedNews[]> {
  const { news } = await readFeed(database.knex, { panel: 'lifepoints', connections: ['kantar-us'], after: 0 })
  return news.map((one) => ({ ...one, body: null }))
}

/** Stores many surveys, as polls would. */
async function fill(count: number, connection = 'kantar-us'): Promise<void> {
  await database.knex.raw(
    `insert into surveys (survey_id, connection, provider, provider_survey_id, status, country, cpi_minor, currency,
       loi_minutes, ir_percent, survey, source_order, source_version, content_hash)
     select 'sv_' || gen_random_uuid(), :connection, 'x', gen_random_uuid(), 'open', 'USA', 150, 'USD', 5, 50, :survey::jsonb,
            1, '1', 'x' from generate_series(1, :count)`,
    { connection, count, survey: JSON.stringify({ ...aSurvey(), price: { amountMinor: '150', currency: 'USD' } }) },
  )
  await stampRevisions(database.knex)
}
