import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { storeEntry } from '../../commands/sessions/store-entry.js'
import { findUnfinishedSession } from '../../db/read-models/session.js'
import { enterSession } from '../../db/statements/enter-session.js'
import { insertSession, SessionExists } from '../../db/statements/insert-session.js'
import { findSessionInputs } from '../../db/stores/session-input-store.js'
import { announceSession, findSessionByProviderId, findUnstartedSessions } from '../../db/stores/session-store.js'
import type { Survey } from '../../domain/survey.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import {
  aClaim,
  aSession,
  CONNECTION,
  createdSession,
  enteredSession,
  entryOf,
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

const typesOf = async (sessionId: string): Promise<string[]> =>
  database.knex('session_events').where({ session_id: sessionId }).orderBy('at').pluck('type')

describe('an unfinished session', () => {
  test('is unique per panel, panelist and survey, also for creates at the same time', async () => {
    const tries = await Promise.allSettled(
      Array.from({ length: 40 }, () => insertSession(database.knex, aSession({ panelistId: 'twin' }))),
    )
    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
    for (const one of tries) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(SessionExists)
    const row = await findUnfinishedSession(database.knex, 'lifepoints', 'twin', aSession().surveyId)
    expect(row?.state).toBe('opening')
  })

  test('does not block another panel, panelist or survey', async () => {
    await insertSession(database.knex, aSession({ panelistId: 'p' }))
    await insertSession(database.knex, aSession({ panelistId: 'p', panel: 'other' }))
    await insertSession(database.knex, aSession({ panelistId: 'p', providerSurveyId: 'plan-2' }))
    await insertSession(database.knex, aSession({ panelistId: 'p', connection: 'kantar-uk' }))
  })

  test('allows another one once it has ended', async () => {
    const { session_id } = await enteredSession(database.knex, { panelistId: 'again' })
    await expect(insertSession(database.knex, aSession({ panelistId: 'again' }))).rejects.toThrow(SessionExists)
    await settled(database.knex, session_id, aClaim('TERMINATED'))
    await insertSession(database.knex, aSession({ panelistId: 'again' }))
  })
})

describe('triggers', () => {
  test('keep a locked price', async () => {
    const { session_id } = await createdSession(database.knex)
    const change = (to: object) => database.knex('sessions').where({ session_id }).update(to)
    await expect(change({ cpi_minor: 151 })).rejects.toMatchObject({ code: 'TR001' })
    await expect(change({ currency: 'EUR' })).rejects.toMatchObject({ code: 'TR001' })
    await expect(change({ cpi_minor: null, currency: null })).rejects.toMatchObject({ code: 'TR001' })
    await change({ cpi_minor: 150, currency: 'USD' })
  })

  test('let the price be set once, with the entry', async () => {
    const { session_id } = await openingSession(database.knex, { price: null, reward: null, shareMinor: null })
    await database.knex('sessions').where({ session_id }).update({ cpi_minor: 90, currency: 'GBP' })
    await expect(database.knex('sessions').where({ session_id }).update({ cpi_minor: 91 })).rejects.toMatchObject({
      code: 'TR001',
    })
  })

  test('issue one entry link', async () => {
    const { session_id } = await createdSession(database.knex)
    await expect(
      database.knex('sessions').where({ session_id }).update({ provider_entry_url: 'https://router.example/other' }),
    ).rejects.toMatchObject({ code: 'TR002' })
  })

  const states = ['opening', 'created', 'entered', 'finished'] as const
  const allowed = new Set([
    'opening created',
    'opening finished',
    'created entered',
    'created finished',
    'entered finished',
  ])
  const illegal = states.flatMap((from) =>
    states.filter((to) => from !== to && !allowed.has(`${from} ${to}`)).map((to) => [from, to] as const),
  )
  test.each(illegal)('no session goes from %s to %s', async (from, to) => {
    const made = { opening: openingSession, created: createdSession, entered: enteredSession, finished: enteredSession }
    const { session_id } = await made[from](database.knex)
    if (from === 'finished') await settled(database.knex, session_id, aClaim('TERMINATED'))
    await expect(
      database
        .knex('sessions')
        .where({ session_id })
        .update({ state: to, outcome: to === 'finished' ? 'ERROR' : null }),
    ).rejects.toMatchObject({ code: 'TR003' })
  })

  test('store every transition as an event', async () => {
    const { session_id } = await enteredSession(database.knex)
    await settled(database.knex, session_id, aClaim('COMPLETED'))
    expect(await typesOf(session_id)).toEqual(['opening', 'created', 'entered', 'finished'])
  })

  test('a payable session must be a proven, priced complete', async () => {
    const { session_id } = await enteredSession(database.knex)
    const change = (to: object) => database.knex('sessions').where({ session_id }).update(to)
    await expect(change({ payable: true })).rejects.toMatchObject({ constraint: 'payable_is_proven' })
    await expect(
      change({ state: 'finished', outcome: 'COMPLETED', payable: true, provisional: true }),
    ).rejects.toMatchObject({ constraint: 'payable_is_proven' })
    await expect(change({ state: 'finished' })).rejects.toMatchObject({ constraint: 'finished_has_outcome' })
  })
})

describe('the entry of a provider', () => {
  test('is stored once and deletes the opening data; a second entry is an orphan', async () => {
    const { session_id } = await openingSession(database.knex)
    expect(await findSessionInputs(database.knex, session_id)).toEqual({
      panelist: { dateOfBirth: '1990-04-23', profile: { sex: '1' } },
      userIp: '203.0.113.7',
      userAgent: 'UA',
      survey: null,
    })
    const opened = await storeEntry(database.knex, session_id, entryOf(session_id), later(500))
    expect(opened).toMatchObject({ state: 'created', announced: true, opened_at: later(500) })
    expect(await findSessionInputs(database.knex, session_id)).toBeNull()

    const second = { url: 'https://router.example/late', providerSessionId: 'their-second' }
    expect(await storeEntry(database.knex, session_id, second, later(900))).toMatchObject({
      provider_entry_url: entryOf(session_id).url,
      provider_session_id: `their-${session_id}`,
    })
    expect(await typesOf(session_id)).toContain('orphan_entry')
    await storeEntry(database.knex, session_id, entryOf(session_id), later(901))
    expect((await typesOf(session_id)).filter((type) => type === 'orphan_entry')).toHaveLength(1)
  })

  test('is one link after many answers at the same time', async () => {
    const { session_id } = await openingSession(database.knex)
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        storeEntry(database.knex, session_id, { url: `https://r.example/${n}`, providerSessionId: `${n}` }, T0),
      ),
    )
    const events = await typesOf(session_id)
    expect(events.filter((type) => type === 'created')).toHaveLength(1)
    expect(events.filter((type) => type === 'orphan_entry')).toHaveLength(9)
  })

  test('is refused for a session that has ended', async () => {
    const { session_id } = await openingSession(database.knex)
    await settled(database.knex, session_id, aClaim('ERROR', { source: 'entry' }))
    expect(await storeEntry(database.knex, session_id, entryOf(session_id), T0)).toMatchObject({
      state: 'finished',
      provider_entry_url: null,
    })
    expect(await findSessionInputs(database.knex, session_id)).toBeNull()
  })

  test('is found by the provider’s session id, only within its connection', async () => {
    const { session_id } = await createdSession(database.knex)
    const find = (connection: string) => findSessionByProviderId(database.knex, connection, `their-${session_id}`)
    expect((await find(CONNECTION))?.session_id).toBe(session_id)
    expect(await find('kantar-uk')).toBeNull()
  })

  test('is announced only while the session lives', async () => {
    const { session_id } = await openingSession(database.knex)
    expect(await announceSession(database.knex, session_id)).toBe(true)
    const other = await openingSession(database.knex)
    await settled(database.knex, other.session_id, aClaim('QUOTA_FULL', { source: 'opening' }))
    expect(await announceSession(database.knex, other.session_id)).toBe(false)
  })
})

describe('the click', () => {
  test('a hundred at the same time are one start', async () => {
    const { session_id, entry_token } = await createdSession(database.knex)
    const clicks = await Promise.all(
      Array.from({ length: 100 }, (_, n) => enterSession(database.knex, entry_token, later(n))),
    )
    expect(clicks.filter((click) => click !== null)).toHaveLength(1)
    expect((await typesOf(session_id)).filter((type) => type === 'entered')).toHaveLength(1)
  })

  test('returns the provider’s address and the time of the start', async () => {
    const { session_id, entry_token } = await createdSession(database.knex)
    expect(await enterSession(database.knex, entry_token, later(7 * MINUTE))).toEqual({
      sessionId: session_id,
      connection: CONNECTION,
      url: entryOf(session_id).url,
    })
    expect(await mustFind(database.knex, session_id)).toMatchObject({
      state: 'entered',
      entered_at: later(7 * MINUTE),
    })
  })

  test('is too late exactly at the link’s expiry', async () => {
    const { entry_token } = await createdSession(database.knex)
    expect(await enterSession(database.knex, entry_token, later(30 * MINUTE))).toBeNull()
    expect(await enterSession(database.knex, entry_token, later(30 * MINUTE - 1))).not.toBeNull()
  })

  const quota = {
    quotaId: 'q1',
    status: 'open' as const,
    available: 1,
    layers: [],
    additionalQualifications: 0,
  }
  test.each<[string, Partial<Survey>]>([
    ['closed', { status: 'closed' }],
    ['paused', { status: 'paused' }],
    ['full', { availableCompletes: 0 }],
    ['past its end', { finishAt: later(-1).toISOString() }],
    ['without the quota', { quotas: [] }],
    ['with the quota closed', { quotas: [{ ...quota, status: 'closed' as const }] }],
    ['with the quota full', { quotas: [{ ...quota, available: 0 }] }],
  ])('does not enter a survey that is %s', async (name, given) => {
    const providerSurveyId = `plan ${name}`
    await stock(database.knex, { providerSurveyId, quotas: [quota] })
    const { entry_token } = await createdSession(database.knex, { providerSurveyId, providerQuotaId: 'q1' })
    await stock(database.knex, { providerSurveyId, quotas: [quota], ...given })
    expect(await enterSession(database.knex, entry_token, T0)).toBeNull()
    await stock(database.knex, { providerSurveyId, quotas: [quota] })
    expect(await enterSession(database.knex, entry_token, T0)).not.toBeNull()
  })

  test('does not enter while the connection is paused or removed', async () => {
    await stock(database.knex, {}, 'kantar-uk')
    const { entry_token } = await createdSession(database.knex, { connection: 'kantar-uk' })
    const connection = database.knex('connections').where({ connection: 'kantar-uk' })
    await connection.clone().update({ paused: true })
    expect(await enterSession(database.knex, entry_token, T0)).toBeNull()
    await connection.clone().update({ paused: false, state: 'removed' })
    expect(await enterSession(database.knex, entry_token, T0)).toBeNull()
    await connection.clone().update({ state: 'healthy' })
    expect(await enterSession(database.knex, entry_token, T0)).not.toBeNull()
  })

  test('of an unknown link finds no session', async () => {
    expect(await enterSession(database.knex, 'made-up', T0)).toBeNull()
  })
})

test('unstarted sessions are found oldest first, and only from the given age', async () => {
  const own = await createTestDatabase()
  try {
    const old = await openingSession(own.knex, { createdAt: later(-2 * MINUTE) })
    const older = await openingSession(own.knex, { createdAt: later(-3 * MINUTE) })
    await openingSession(own.knex, { createdAt: T0 })
    const started = await createdSession(own.knex, { createdAt: later(-4 * MINUTE) })
    expect(started.workflow_started_at).not.toBeNull()
    const found = await findUnstartedSessions(own.knex, later(-MINUTE), 10)
    expect(found.map((row) => row.session_id)).toEqual([older.session_id, old.session_id])
    expect(await findUnstartedSessions(own.knex, later(-MINUTE), 1)).toHaveLength(1)
  } finally {
    await own.drop()
  }
})
