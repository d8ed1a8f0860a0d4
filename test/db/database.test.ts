import { afterAll, beforeAll, expect, test } from 'vitest'
import { isMigrated } from '../../db/migrate.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'

let first: TestDatabase
let second: TestDatabase

beforeAll(async () => {
  ;[first, second] = await Promise.all([createTestDatabase(), createTestDatabase()])
})
afterAll(async () => {
  await Promise.all([first.drop(), second.drop()])
})

test('every test database has the newest schema and is separate', async () => {
  expect(await isMigrated(first.knex)).toBe(true)
  await first.knex('connections').insert({ connection: 'one', provider: 'kantar' })
  expect(await second.knex('connections').select('connection')).toEqual([])
})

test('the application connects as a role that owns nothing', async () => {
  const { rows } = await first.knex.raw('select current_user as role')
  expect(rows[0].role).toBe('tributary_app')
  await expect(first.knex.raw('create table mine (x int)')).rejects.toThrow(/permission denied/)
})
