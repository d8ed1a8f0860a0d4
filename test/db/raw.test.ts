import { afterAll, beforeAll, expect, test } from 'vitest'
import { affected, columnsAs, inColumns, rows } from '../../db/raw.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'

const COLUMNS = { planId: 'plan_id', status: 'status', deletedAt: 'deleted_at' }

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('rows gives the rows of a statement, bound by name or by place', async () => {
  const named = await rows<{ n: number }>(database.knex, 'select n::int from generate_series(1, :last) n', { last: 2 })
  expect(named).toEqual([{ n: 1 }, { n: 2 }])
  const hostile = "'; drop table surveys; --"
  expect(await rows(database.knex, 'select ?::text as said', [hostile])).toEqual([{ said: hostile }])
  expect(await rows(database.knex, 'select 1 where false')).toEqual([])
})

test('affected counts what a statement changed', async () => {
  const insert = (part: string) =>
    affected(
      database.knex,
      `insert into heartbeats (part, process, queues, heard_at) values ('worker', ?, '{}', now()) on conflict do nothing`,
      [part],
    )
  expect(await insert('a')).toBe(1)
  expect(await insert('a')).toBe(0)
})

test('columns leave db/ by the names of a row, and come back by their own', () => {
  expect(columnsAs(COLUMNS, 'p')).toBe('p.plan_id as "planId", p.status as "status", p.deleted_at as "deletedAt"')
  expect(inColumns(COLUMNS, { planId: 'x', deletedAt: null })).toEqual({ plan_id: 'x', deleted_at: null })
})
