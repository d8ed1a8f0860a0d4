import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordAttempt } from '../../commands/postbacks/record-attempt.js'
import { requestRedelivery } from '../../commands/postbacks/request-redelivery.js'
import {
  adoptPendingPostbacks,
  enqueuePostback,
  findPostback,
  type PostbackRow,
} from '../../db/stores/postback-store.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { aClaim, enteredSession, later, MINUTE, settled, stock, T0 } from '../support/sessions.js'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  await stock(database.knex)
})
afterAll(() => database.drop())

async function aMessage(at = T0): Promise<string> {
  const { session_id } = await enteredSession(database.knex)
  const { applied } = await settled(database.knex, session_id, aClaim('COMPLETED'), at)
  const [id] = applied.postbackIds
  if (id === undefined) throw new Error('the complete made no message')
  return id
}
const find = async (id: string): Promise<PostbackRow & { owned_until: Date }> => {
  const row = await findPostback(database.knex, id)
  if (row === null) throw new Error(`${id} is not there`)
  return row as PostbackRow & { owned_until: Date }
}
const attempt = (id: string, status: number | null, state: PostbackRow['state'], at = T0) =>
  recordAttempt(
    database.knex,
    id,
    { at, status, error: status === 200 ? null : 'no', bodyHead: 'body', durationMs: 5 },
    { state, ownedUntil: later(10 * MINUTE) },
  )

describe('the outbox', () => {
  test('has one message a claim, with an id that never changes', async () => {
    const id = await aMessage()
    expect(id).toMatch(/^msg_[A-Za-z0-9_-]{24}$/)
    const { claim_id, session_id } = await database.knex('postbacks').where({ postback_id: id }).first()
    const again = { sessionId: session_id, panel: 'lifepoints', type: 'session.outcome', claimId: claim_id } as const
    await expect(
      enqueuePostback(database.knex, { ...again, sequence: 2, payload: {}, ownedUntil: T0 }),
    ).rejects.toMatchObject({ code: '23505' })
    expect(await findPostback(database.knex, 'msg_nobody')).toBeNull()
  })
})

describe('an attempt', () => {
  test('is stored with the message’s new state', async () => {
    const id = await aMessage()
    await attempt(id, 500, 'pending')
    expect(await find(id)).toMatchObject({ state: 'pending', attempts: 1, delivered_at: null })
    await attempt(id, 200, 'delivered', later(5))
    expect(await find(id)).toMatchObject({ state: 'delivered', attempts: 2, delivered_at: later(5) })
    expect(
      await database.knex('postback_attempts').where({ postback_id: id }).orderBy('at').select('status', 'body_head'),
    ).toEqual([
      { status: 500, body_head: 'body' },
      { status: 200, body_head: 'body' },
    ])
  })

  test('that comes late does not undo a delivery', async () => {
    const id = await aMessage()
    await attempt(id, 200, 'delivered')
    await attempt(id, 500, 'pending')
    await attempt(id, 410, 'dead')
    expect(await find(id)).toMatchObject({ state: 'delivered', attempts: 3, delivered_at: T0 })
  })
})

describe('a redelivery', () => {
  const redeliver = (postbackId: string, panel: string | null) =>
    requestRedelivery({ knex: database.knex, clock: () => T0 }, { postbackId, panel })

  test('makes the message due again, for its own panel only', async () => {
    const id = await aMessage()
    await attempt(id, 410, 'dead')
    expect(await redeliver(id, 'other')).toBeNull()
    expect(await redeliver('msg_nobody', 'lifepoints')).toBeNull()
    expect(await find(id)).toMatchObject({ state: 'dead' })
    expect(await redeliver(id, 'lifepoints')).toMatchObject({ redelivery: 1 })
    expect(await redeliver(id, 'lifepoints')).toMatchObject({ redelivery: 2 })
    expect(await find(id)).toMatchObject({ state: 'pending', redeliveries: 2 })
  })

  test('that an operator asks for is of any panel, and owned for a minute', async () => {
    const id = await aMessage()
    await attempt(id, 410, 'dead')
    expect(await redeliver(id, null)).toMatchObject({ postbackId: id, redelivery: 1 })
    expect(await find(id)).toMatchObject({ state: 'pending', owned_until: later(MINUTE) })
  })

  test('of what is no id of a message finds none', async () => {
    expect(await redeliver('msg_\0', null)).toBeNull()
    expect(await redeliver('other', null)).toBeNull()
  })

  test('that fails leaves what was delivered delivered', async () => {
    const id = await aMessage()
    await attempt(id, 200, 'delivered')
    await redeliver(id, 'lifepoints')
    await attempt(id, 500, 'pending', later(2))
    expect(await find(id)).toMatchObject({ state: 'pending' })
    await attempt(id, 410, 'dead', later(3))
    expect(await find(id)).toMatchObject({ state: 'delivered', delivered_at: T0 })
  })
})

describe('messages without a delivering workflow', () => {
  test('are taken over once their owner’s time is up, by one janitor of two', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => aMessage()))
    const adopt = (at: number) => adoptPendingPostbacks(database.knex, later(at), later(at + 15 * MINUTE), 200)
    const mine = <Found extends { postbackId: string }>(found: readonly Found[]) =>
      found.filter(({ postbackId }) => ids.includes(postbackId))
    expect(mine(await adopt(14 * MINUTE))).toEqual([])
    const [one, two] = await Promise.all([adopt(16 * MINUTE), adopt(16 * MINUTE)])
    const taken = [...mine(one), ...mine(two)]
    expect(taken.map(({ postbackId }) => postbackId).sort()).toEqual([...ids].sort())
    for (const { redeliveries } of taken) expect(redeliveries).toBe(1)
    expect(mine(await adopt(17 * MINUTE))).toEqual([])
    // the next takeover has another number, and so another workflow id
    expect(mine(await adopt(32 * MINUTE)).map(({ redeliveries }) => redeliveries)).toEqual(ids.map(() => 2))
  })

  test('do not include those that are delivered or dead', async () => {
    const [delivered, dead] = [await aMessage(), await aMessage()]
    await attempt(delivered, 200, 'delivered')
    await attempt(dead, 410, 'dead')
    const adopted = await adoptPendingPostbacks(database.knex, later(99 * MINUTE), later(100 * MINUTE), 500)
    expect(adopted.map(({ postbackId }) => postbackId)).not.toContain(delivered)
    expect(adopted.map(({ postbackId }) => postbackId)).not.toContain(dead)
  })
})
