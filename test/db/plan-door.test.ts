import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { replacePlan } from '../../commands/plans/replace.js'
import { findPlan, lockPlan } from '../../db/read-models/plan-record.js'
import { untilBlocked } from '../support/blocked.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { aPlan, enter, launch, planSession } from '../support/plans.js'
import { mustFind, T0 } from '../support/sessions.js'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

/** Holds the plan's lock during the work. */
async function whileLocked<Answer>(planId: string, work: () => Promise<Answer>): Promise<Answer> {
  return database.knex.transaction(async (trx) => {
    await lockPlan(trx, planId, T0)
    return work()
  })
}

/** Fails when the work waits for the lock. */
async function without<Answer>(work: Promise<Answer>): Promise<Answer> {
  const done = new AbortController()
  const blocked = untilBlocked(database, done.signal).then(() => Promise.reject(new Error('it waits for the lock')))
  return Promise.race([work, blocked]).finally(() => done.abort())
}

describe('while a plan is locked', () => {
  test('an entry into a full plan is refused without waiting', async () => {
    const planId = await launch(database.knex, { targetCompletes: 1 })
    expect((await enter(database.knex, await planSession(database.knex, planId))).kind).toBe('entered')
    const second = await planSession(database.knex, planId)
    const entry = await whileLocked(planId, () => without(enter(database.knex, second)))
    expect(entry).toEqual({ kind: 'refused', why: { kind: 'plan_full' } })
    expect(await mustFind(database.knex, second.session_id)).toMatchObject({ state: 'created' })
  })

  test('a new session of it is stored without waiting', async () => {
    const planId = await launch(database.knex)
    const session = await whileLocked(planId, () => without(planSession(database.knex, planId)))
    expect(session).toMatchObject({ state: 'created' })
  })

  test('entries wait for the lock, and are counted one after the other', async () => {
    const planId = await launch(database.knex, { targetCompletes: 2 })
    const sessions = await Promise.all([1, 2, 3, 4].map(() => planSession(database.knex, planId)))
    const { waiting, before } = await whileLocked(planId, async () => {
      const waiting = sessions.map((session) => enter(database.knex, session))
      await untilBlocked(database)
      return { waiting, before: (await findPlan(database.knex, planId, T0))?.held.plan }
    })
    expect(before).toBe(0)
    const kinds = (await Promise.all(waiting)).map(({ kind }) => kind).sort()
    expect(kinds).toEqual(['entered', 'entered', 'refused', 'refused'])
  })
})

test('a link of a panel that was removed from the plan is refused', async () => {
  const planId = await launch(database.knex, { targetPanels: ['lifepoints', 'toplife'] })
  const early = await planSession(database.knex, planId)
  const other = await planSession(database.knex, planId, [], { panel: 'toplife' })
  await database.knex.transaction((trx) => replacePlan(trx, planId, aPlan({ targetPanels: ['toplife'] }), T0))
  expect(await enter(database.knex, early)).toEqual({ kind: 'refused', why: { kind: 'not_open' } })
  expect((await enter(database.knex, other)).kind).toBe('entered')
})

test('the allocation of a panel that is removed from the plan is deleted', async () => {
  const planId = await launch(
    database.knex,
    { targetPanels: ['lifepoints', 'toplife'], targetCompletes: 10 },
    { allocations: { lifepoints: 9, toplife: 1 }, flexibilityPercent: 0 },
  )
  const plan = aPlan({ targetPanels: ['toplife'], targetCompletes: 10 })
  await database.knex.transaction((trx) => replacePlan(trx, planId, plan, T0))
  expect((await findPlan(database.knex, planId, T0))?.policy.allocations).toEqual({ toplife: 1 })
})
