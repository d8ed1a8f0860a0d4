import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyClaims } from '../../commands/sessions/apply-claims.js'
import { expireSession } from '../../commands/sessions/expire-session.js'
import { recordClaim } from '../../commands/sessions/record-claim.js'
import { checkInvariants } from '../../db/invariants/check.js'
import type { Outcome } from '../../domain/outcome.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { aClaim, DAY, enteredSession, later, mustFind, stock } from '../support/sessions.js'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  await stock(database.knex)
})
afterAll(() => database.drop())

const ROUNDS = 100
const SESSIONS = 20

test('two thousand timers race two claims each: one end, one posting, no claim lost', async () => {
  const end = later(DAY)
  const apply = (id: string) => applyClaims(database.knex, id, () => true, end, end)
  for (let round = 0; round < ROUNDS; round++) {
    const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => enteredSession(database.knex)))
    const second: Outcome = round % 2 === 0 ? 'COMPLETED' : 'REJECTED'
    await Promise.all(
      sessions.flatMap(({ session_id: id }) =>
        [
          () => expireSession(database.knex, id, end),
          () => recordClaim(database.knex, id, aClaim('COMPLETED'), end),
          () => recordClaim(database.knex, id, aClaim(second), end),
          () => apply(id),
        ]
          .sort(() => Math.random() - 0.5)
          .map((work) => work()),
      ),
    )
    for (const { session_id } of sessions) {
      await Promise.all([apply(session_id), apply(session_id)])
      const row = await mustFind(database.knex, session_id)
      const count = async (table: string) => (await database.knex(table).where({ session_id })).length
      expect(await count('session_outcomes')).toBe(1)
      expect(row.state).toBe('finished')
      const posted = await count('ledger_transactions')
      expect(posted).toBe(row.payable ? 1 : row.reversed ? 2 : 0)
      if (second === 'COMPLETED') expect(row).toMatchObject({ outcome: 'COMPLETED', payable: true })
    }
  }
  const broken = await checkInvariants(database.knex)
  expect(broken.filter(({ invariant }) => invariant.id !== 'I15')).toEqual([])
}, 600_000)
