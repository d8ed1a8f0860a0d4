import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NewClaim } from '../../commands/sessions/claim.js'
import { recordClaim } from '../../commands/sessions/record-claim.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { enteredSession, later, stock } from '../support/sessions.js'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  await stock(database.knex)
})
afterAll(() => database.drop())

let told = 0
const claim = (given: Partial<NewClaim>): NewClaim => ({
  source: 'postback',
  kind: 'outcome',
  outcome: 'COMPLETED',
  word: '21',
  grade: 'E2',
  fingerprint: `postback:${told++}`,
  raw: null,
  ...given,
})
const reversal = (from: string, to: string, outcome: NewClaim['outcome'], given: Partial<NewClaim> = {}): NewClaim =>
  claim({ kind: 'reversal', takesBack: from, word: to, outcome, ...given })

async function after(...claims: NewClaim[]) {
  const { session_id: id } = await enteredSession(database.knex)
  const effects: string[] = []
  for (const one of claims) effects.push((await recordClaim(database.knex, id, one, later(60_000)))?.effect ?? '')
  const row = await database.knex('sessions').where({ session_id: id }).first()
  return { effects, outcome: row.outcome, payable: row.payable, state: row.state, review: row.needs_review }
}

test('a reversal applies while the current word is the one it reverses', async () => {
  expect(await after(claim({}), reversal('21', '13', 'TERMINATED'))).toEqual({
    effects: ['finish', 'reverse'],
    outcome: 'TERMINATED',
    payable: false,
    state: 'finished',
    review: false,
  })
})

test('another word of the same outcome is another status', async () => {
  const ended = claim({ outcome: 'DISQUALIFIED', word: '29' })
  expect(await after(ended, reversal('20', '21', 'COMPLETED'))).toMatchObject({
    effects: ['finish', 'review'],
    outcome: 'DISQUALIFIED',
    review: true,
  })
  expect(await after(ended, reversal('29', '21', 'COMPLETED'))).toMatchObject({
    effects: ['finish', 'upgrade'],
    outcome: 'COMPLETED',
    payable: true,
  })
})

test('a repeated reversal changes nothing; a repeated or reviewed word is not the current one', async () => {
  const twice = await after(claim({}), reversal('21', '13', 'TERMINATED'), reversal('21', '13', 'TERMINATED'))
  expect(twice).toMatchObject({ effects: ['finish', 'reverse', 'repeat'], review: false })
  const contradicted = await after(
    claim({}),
    claim({ outcome: 'TERMINATED', word: '18' }),
    reversal('18', '21', 'COMPLETED'),
  )
  expect(contradicted).toMatchObject({ effects: ['finish', 'review', 'repeat'], outcome: 'COMPLETED', payable: true })
})

test('a reversal before any outcome ends nothing, and the next outcome needs review', async () => {
  const early = reversal('21', '13', 'TERMINATED')
  expect(await after(early)).toMatchObject({ effects: ['review'], outcome: null, state: 'entered', review: true })
  expect(await after(early, claim({}))).toMatchObject({
    effects: ['review', 'finish'],
    outcome: 'COMPLETED',
    review: true,
  })
})
