import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyClaims } from '../../commands/sessions/apply-claims.js'
import { expireSession } from '../../commands/sessions/expire-session.js'
import { recordClaim } from '../../commands/sessions/record-claim.js'
import { findPendingClaims } from '../../db/stores/claim-store.js'
import type { Outcome } from '../../domain/outcome.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import {
  aClaim,
  createdSession,
  DAY,
  enteredSession,
  HOUR,
  later,
  MINUTE,
  mustFind,
  openingSession,
  settled,
  stock,
  T0,
} from '../support/sessions.js'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  await stock(database.knex)
})
afterAll(() => database.drop())

const claimsOf = (sessionId: string) =>
  database.knex('outcome_claims').where({ session_id: sessionId }).orderBy('sequence')
const count = async (table: string, sessionId: string): Promise<number> =>
  (await database.knex(table).where({ session_id: sessionId })).length

describe('a claim', () => {
  test('ends the session and is stored with the resulting standing', async () => {
    const { session_id } = await enteredSession(database.knex)
    const recorded = await recordClaim(
      database.knex,
      session_id,
      aClaim('COMPLETED', { word: 'completed!', raw: '{"a":1}' }),
      later(5 * MINUTE),
    )
    expect(recorded).toMatchObject({ effect: 'finish', replayed: false, pending: true })
    expect(await mustFind(database.knex, session_id)).toMatchObject({
      state: 'finished',
      outcome: 'COMPLETED',
      grade: 'E2',
      payable: true,
      finished_at: later(5 * MINUTE),
      completed_at: later(5 * MINUTE),
      claim_count: 1,
    })
    const [claim] = await claimsOf(session_id)
    expect(claim).toMatchObject({
      claim_id: recorded?.claimId,
      sequence: 1,
      word: 'completed!',
      raw: '{"a":1}',
      effect: 'finish',
      applied_at: null,
    })
    expect(claim.standing).toMatchObject({ outcome: 'COMPLETED', payable: true })
  })

  test('of an unknown session is null', async () => {
    expect(await recordClaim(database.knex, crypto.randomUUID(), aClaim('COMPLETED'), T0)).toBeNull()
  })

  test('that arrives twice is stored once and returns the session', async () => {
    const { session_id } = await enteredSession(database.knex)
    const claim = aClaim('COMPLETED')
    await recordClaim(database.knex, session_id, claim, T0)
    const again = await recordClaim(database.knex, session_id, claim, later(MINUTE))
    expect(again).toMatchObject({ replayed: true, pending: false, session: { outcome: 'COMPLETED' } })
    expect(await claimsOf(session_id)).toHaveLength(1)
  })

  test('of the same content with another token is stored as an applied repeat', async () => {
    const { session_id } = await enteredSession(database.knex)
    await recordClaim(database.knex, session_id, aClaim('COMPLETED'), T0)
    expect(await recordClaim(database.knex, session_id, aClaim('COMPLETED'), T0)).toMatchObject({
      effect: 'repeat',
      replayed: false,
      pending: false,
    })
    expect((await claimsOf(session_id)).map((claim) => claim.applied_at !== null)).toEqual([false, true])
  })

  test('is only stored where its condition still holds under the lock', async () => {
    const { session_id } = await enteredSession(database.knex)
    const refused = await recordClaim(
      database.knex,
      session_id,
      aClaim('ERROR', { source: 'opening' }),
      T0,
      (row) => row.state === 'opening',
    )
    expect(refused).toMatchObject({ replayed: true, session: { state: 'entered' } })
    expect(await claimsOf(session_id)).toHaveLength(0)
  })

  test('that is later keeps the timestamps of the first end', async () => {
    const { session_id } = await enteredSession(database.knex)
    await recordClaim(database.knex, session_id, aClaim('COMPLETED'), later(1))
    await recordClaim(database.knex, session_id, aClaim('REJECTED'), later(DAY))
    expect(await mustFind(database.knex, session_id)).toMatchObject({
      outcome: 'REJECTED',
      reversed: true,
      payable: false,
      finished_at: later(1),
      completed_at: later(1),
    })
  })

  test('is an upgrade within the grace, and a review after it', async () => {
    const upgraded = async (at: Date) => {
      const { session_id } = await enteredSession(database.knex)
      await expireSession(database.knex, session_id, later(DAY))
      return (await recordClaim(database.knex, session_id, aClaim('COMPLETED'), at))?.effect
    }
    expect(await upgraded(later(DAY + 1_000))).toBe('upgrade')
    expect(await upgraded(later(31 * DAY))).toBe('upgrade')
    expect(await upgraded(later(31 * DAY + 1))).toBe('review')
    expect(await upgraded(later(41 * DAY))).toBe('review')
  })
})

describe('at the same time', () => {
  test('a hundred claims of four outcomes end the session once', async () => {
    const { session_id } = await enteredSession(database.knex)
    const words: Outcome[] = ['COMPLETED', 'TERMINATED', 'QUOTA_FULL', 'SCREENED_OUT']
    const recorded = await Promise.all(
      Array.from({ length: 100 }, (_, n) => recordClaim(database.knex, session_id, aClaim(words[n % 4] ?? null), T0)),
    )
    expect(recorded.filter((one) => one?.effect === 'finish')).toHaveLength(1)
    const claims = await claimsOf(session_id)
    expect(claims.map((claim) => claim.sequence)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1))
    expect((await mustFind(database.knex, session_id)).outcome).toBe(claims[0].outcome)
    await applyClaims(database.knex, session_id, () => true, T0, T0)
    expect(await count('session_outcomes', session_id)).toBe(1)
  })

  test('a hundred repeats of one token are one claim', async () => {
    const { session_id } = await enteredSession(database.knex)
    const claim = aClaim('COMPLETED')
    const recorded = await Promise.all(
      Array.from({ length: 100 }, () => recordClaim(database.knex, session_id, claim, T0)),
    )
    expect(recorded.filter((one) => one?.pending)).toHaveLength(1)
    expect(recorded.filter((one) => one?.replayed)).toHaveLength(99)
    expect(await claimsOf(session_id)).toHaveLength(1)
  })

  test('timeout and outcome race: one outcome row, and the loser is stored as a claim', async () => {
    const won = { TIMEOUT: 0, COMPLETED: 0 }
    for (let round = 0; round < 25; round++) {
      const sessions = await Promise.all(Array.from({ length: 10 }, () => enteredSession(database.knex)))
      await Promise.all(
        sessions.flatMap(({ session_id }, n) => {
          const timeout = () => expireSession(database.knex, session_id, later(DAY))
          const outcome = () => recordClaim(database.knex, session_id, aClaim('COMPLETED'), later(DAY))
          return n % 2 === 0 ? [timeout(), outcome()] : [outcome(), timeout()]
        }),
      )
      for (const { session_id } of sessions) {
        await applyClaims(database.knex, session_id, () => true, later(DAY), later(DAY))
        const [first, second] = await claimsOf(session_id)
        expect(await count('session_outcomes', session_id)).toBe(1)
        expect(await count('ledger_transactions', session_id)).toBe(1)
        // in either order, a complete within the grace is not lost
        expect(await mustFind(database.knex, session_id)).toMatchObject({ outcome: 'COMPLETED', payable: true })
        if (first.outcome === 'TIMEOUT') {
          won.TIMEOUT += 1
          expect(second).toMatchObject({ outcome: 'COMPLETED', effect: 'upgrade' })
        } else {
          won.COMPLETED += 1
          expect(second).toBeUndefined()
        }
      }
    }
    // both sides must win sometimes, otherwise the race proves nothing
    expect(won.TIMEOUT).toBeGreaterThan(5)
    expect(won.COMPLETED).toBeGreaterThan(5)
  })
})

describe('expireSession', () => {
  test('uses the deadline of the session’s state', async () => {
    const created = await createdSession(database.knex)
    const ask = (id: string, ms: number) => expireSession(database.knex, id, later(ms))
    expect(await ask(created.session_id, 10 * MINUTE)).toMatchObject({ expired: false, remainingMs: 20 * MINUTE })
    expect(await ask(created.session_id, 30 * MINUTE)).toMatchObject({
      expired: true,
      session: { outcome: 'TIMEOUT', state: 'finished' },
    })
    expect(await ask(created.session_id, 31 * MINUTE)).toMatchObject({ expired: false, remainingMs: 0 })

    const entered = await enteredSession(database.knex)
    expect(await ask(entered.session_id, 30 * MINUTE)).toMatchObject({ expired: false, remainingMs: DAY - 30 * MINUTE })
    expect(await ask(entered.session_id, DAY)).toMatchObject({ expired: true })
    expect(await claimsOf(entered.session_id)).toHaveLength(1)

    const opening = await openingSession(database.knex)
    expect(await ask(opening.session_id, 30 * MINUTE)).toMatchObject({ expired: true })
    expect(await ask(crypto.randomUUID(), 0)).toBeNull()
  })

  test('never overrules an outcome', async () => {
    const { session_id } = await enteredSession(database.knex)
    await recordClaim(database.knex, session_id, aClaim('TERMINATED'), T0)
    expect(await expireSession(database.knex, session_id, later(2 * DAY))).toMatchObject({
      expired: false,
      session: { outcome: 'TERMINATED' },
    })
  })
})

test('unapplied claims are found once they are old enough', async () => {
  const own = await createTestDatabase()
  try {
    await stock(own.knex)
    const first = await enteredSession(own.knex)
    const second = await enteredSession(own.knex)
    const one = await recordClaim(own.knex, first.session_id, aClaim('COMPLETED'), later(1_000))
    const two = await recordClaim(own.knex, second.session_id, aClaim('COMPLETED'), T0)
    await recordClaim(own.knex, second.session_id, aClaim('COMPLETED'), T0)
    const pending = (at: number) =>
      findPendingClaims(own.knex, later(at), 10).then((found) => found.map((each) => each.claimId))
    expect(await pending(500)).toEqual([two?.claimId])
    expect(await pending(2_000)).toEqual([two?.claimId, one?.claimId])
    await settled(own.knex, second.session_id, aClaim('COMPLETED'))
    expect(await pending(2_000)).toEqual([one?.claimId])
  } finally {
    await own.drop()
  }
})

describe('an unproven end', () => {
  const weak = (outcome: Outcome) => aClaim(outcome, { source: 'return', grade: 'E0' })

  test('is replaced by a proven complete, which is booked once and sent to the panel', async () => {
    const { session_id } = await enteredSession(database.knex)
    await settled(database.knex, session_id, weak('TERMINATED'))
    const { recorded, applied } = await settled(database.knex, session_id, aClaim('COMPLETED'), later(HOUR))
    expect(recorded).toMatchObject({ effect: 'upgrade', session: { outcome: 'COMPLETED', payable: true, grade: 'E2' } })
    expect(applied.postbackIds).toHaveLength(2)
    await settled(database.knex, session_id, aClaim('COMPLETED'), later(HOUR))
    await settled(database.knex, session_id, weak('QUOTA_FULL'), later(HOUR))
    expect(await count('ledger_transactions', session_id)).toBe(1)
    expect(await count('session_outcomes', session_id)).toBe(1)
    expect(await mustFind(database.knex, session_id)).toMatchObject({ outcome: 'COMPLETED', payable: true })
    expect((await claimsOf(session_id)).map(({ effect, flags }) => [effect, flags])).toEqual([
      ['finish', []],
      ['upgrade', ['over_unproven']],
      ['repeat', []],
      ['review', []],
    ])
  })

  test('is confirmed by a proven terminate, which a complete does not replace', async () => {
    const { session_id } = await enteredSession(database.knex)
    for (const claim of [weak('TERMINATED'), aClaim('TERMINATED'), aClaim('COMPLETED')])
      await settled(database.knex, session_id, claim)
    expect(await mustFind(database.knex, session_id)).toMatchObject({ outcome: 'TERMINATED', needs_review: true })
    expect(await count('ledger_transactions', session_id)).toBe(0)
  })

  test('is replaced also after our own timeout, which proves nothing about the survey', async () => {
    const { session_id } = await enteredSession(database.knex)
    await settled(database.knex, session_id, weak('SCREENED_OUT'))
    await settled(database.knex, session_id, aClaim('TIMEOUT', { source: 'timeout' }))
    await settled(database.knex, session_id, aClaim('COMPLETED'))
    expect(await mustFind(database.knex, session_id)).toMatchObject({ outcome: 'COMPLETED', payable: true })
  })
})
