import { afterAll, beforeAll, expect, test } from 'vitest'
import { createJanitorActivities } from '../../activities/janitor.js'
import { recordClaim } from '../../commands/sessions/record-claim.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import {
  aClaim,
  createdSession,
  enteredSession,
  later,
  MINUTE,
  openingSession,
  settled,
  stock,
} from '../support/sessions.js'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  await stock(database.knex)
})
afterAll(() => database.drop())

const at = (ms: number) => createJanitorActivities({ knex: database.knex, clock: () => later(ms) })

test('finds abandoned rows, and leaves fresh ones alone', async () => {
  const lost = await openingSession(database.knex)
  await createdSession(database.knex)
  const deaf = await enteredSession(database.knex)
  const claim = await recordClaim(database.knex, deaf.session_id, aClaim('COMPLETED'), later(0))
  const mute = await enteredSession(database.knex)
  const { applied } = await settled(database.knex, mute.session_id, aClaim('COMPLETED'))

  expect(await at(5_000).findLeftBehind()).toMatchObject({ sessions: [], claims: [], postbacks: [], plans: [] })
  const soon = await at(13_000).findLeftBehind()
  expect(soon.sessions).toEqual([
    {
      sessionId: lost.session_id,
      connection: 'kantar-us',
      provider: 'kantar',
      panel: 'lifepoints',
      country: 'USA',
      price: '1.50 USD',
      entryTtlMs: 30 * MINUTE,
      completionTtlMs: 24 * 60 * MINUTE,
      entryDeadline: later(30 * MINUTE).getTime(),
    },
  ])
  expect(soon.claims).toEqual([{ claimId: claim?.claimId, sessionId: deaf.session_id }])
  expect(soon.postbacks).toEqual([])

  const much = await at(16 * MINUTE).findLeftBehind()
  expect(much.postbacks).toEqual([{ postbackId: applied.postbackIds[0], redelivery: 1, sessionId: mute.session_id }])
  expect((await at(17 * MINUTE).findLeftBehind()).postbacks).toEqual([])
})

test('what it passes to Temporal holds no data of a panelist', async () => {
  await openingSession(database.knex, { panelistId: 'canary-panelist', providerPanelistId: 'canary-upstream' })
  const told = JSON.stringify(await at(60_000).findLeftBehind())
  expect(told).not.toMatch(/canary|203\.0\.113|UA"/)
})

test('housekeeping deletes idempotency keys after two days, not before', async () => {
  const insert = (key: string, ageMs: number) =>
    database.knex('idempotency_keys').insert({
      panel: 'p',
      key,
      request_hash: 'h',
      locked_until: later(0),
      created_at: later(-ageMs),
    })
  await insert('young', 25 * 60 * MINUTE)
  await insert('old', 49 * 60 * MINUTE)
  expect(await at(0).tidy()).toMatchObject({ keys: 1, partitions: 0 })
  expect(await database.knex('idempotency_keys').pluck('key')).toEqual(['young'])
})
