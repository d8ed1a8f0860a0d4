import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimIdempotencyKey } from '../../commands/requests/claim-key.js'
import {
  bindIdempotencyKey,
  releaseIdempotencyKey,
  settleIdempotencyKey,
  unlockIdempotencyKey,
} from '../../db/stores/idempotency-store.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { later, T0 } from '../support/sessions.js'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const LOCK = 20_000
const claim = (key: string, at = 0, requestHash = 'h1', panel = 'lifepoints') =>
  claimIdempotencyKey(database.knex, { panel, key, requestHash }, later(at), later(at + LOCK))

describe('an Idempotency-Key', () => {
  test('belongs to one of two hundred identical requests', async () => {
    const claims = await Promise.all(Array.from({ length: 200 }, () => claim('rush')))
    expect(claims.filter(({ kind }) => kind === 'mine')).toHaveLength(1)
    expect(claims.filter(({ kind }) => kind === 'busy')).toHaveLength(199)
  })

  test('gives every repeat the stored answer', async () => {
    await claim('done')
    await settleIdempotencyKey(database.knex, 'lifepoints', 'done', 201, { session_id: 's', nested: { n: [1] } })
    expect(await claim('done', 999_999)).toEqual({
      kind: 'done',
      status: 201,
      body: { session_id: 's', nested: { n: [1] } },
    })
  })

  test('with another body is a conflict, whether under way or done', async () => {
    await claim('other')
    expect(await claim('other', 0, 'h2')).toEqual({ kind: 'conflict' })
    await settleIdempotencyKey(database.knex, 'lifepoints', 'other', 201, {})
    expect(await claim('other', 0, 'h2')).toEqual({ kind: 'conflict' })
  })

  test('is a panel’s own', async () => {
    expect(await claim('shared')).toMatchObject({ kind: 'mine' })
    expect(await claim('shared', 0, 'h9', 'other')).toMatchObject({ kind: 'mine' })
  })

  test('of a request that died is taken over once, with its stored session', async () => {
    const sessionId = crypto.randomUUID()
    await claim('died')
    await bindIdempotencyKey(database.knex, 'lifepoints', 'died', sessionId)
    expect(await claim('died', LOCK - 1)).toEqual({ kind: 'busy' })
    const heirs = await Promise.all(Array.from({ length: 20 }, () => claim('died', LOCK + 1)))
    expect(heirs.filter(({ kind }) => kind === 'mine')).toEqual([{ kind: 'mine', sessionId }])
  })

  test('of a refused request is free again; one with an answer is not released', async () => {
    await claim('refused')
    await releaseIdempotencyKey(database.knex, 'lifepoints', 'refused')
    expect(await claim('refused', 1, 'h2')).toEqual({ kind: 'mine', sessionId: null })
    await settleIdempotencyKey(database.knex, 'lifepoints', 'refused', 201, {})
    await releaseIdempotencyKey(database.knex, 'lifepoints', 'refused')
    expect(await claim('refused', 2, 'h2')).toMatchObject({ kind: 'done' })
  })

  test('of a request that failed continues immediately with its session', async () => {
    const sessionId = crypto.randomUUID()
    await claim('broken')
    await bindIdempotencyKey(database.knex, 'lifepoints', 'broken', sessionId)
    await unlockIdempotencyKey(database.knex, 'lifepoints', 'broken', T0)
    expect(await claim('broken')).toEqual({ kind: 'mine', sessionId })
    expect(await claim('broken')).toEqual({ kind: 'busy' })
  })
})
