import { ApplicationFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSessionActivities } from '../../activities/sessions.js'
import { findUnstartedSessions } from '../../db/stores/session-store.js'
import { money } from '../../domain/money.js'
import type { EntryLink, EntryRequest } from '../../providers/adapter.js'
import { adapterOf } from '../../providers/adapters.js'
import { ProviderError } from '../../providers/errors.js'
import type { Upstream } from '../../providers/upstream.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { gatewayUpstream } from '../support/polling.js'
import {
  aClaim,
  createdSession,
  DAY,
  enteredSession,
  later,
  mustFind,
  openingSession,
  settled,
  stock,
  T0,
} from '../support/sessions.js'

let database: TestDatabase
let asked: EntryRequest[] = []
let open: (entry: EntryRequest) => Promise<EntryLink>

beforeAll(async () => {
  database = await createTestDatabase()
  await stock(database.knex, { clauses: [{ attribute: 'kantar:sex', answers: ['1'] }] })
})
afterAll(() => database.drop())
beforeEach(() => {
  asked = []
  open = async (entry) => ({
    url: `https://router.example/start/${entry.sessionId}`,
    providerSessionId: `k-${entry.sessionId}`,
  })
})

const adapter: Upstream['adapter'] = {
  ...adapterOf('kantar'),
  entry: {
    priceWithEntry: false,
    open: (_call, entry) => {
      asked.push(entry)
      return open(entry)
    },
  },
}
const upstream: Upstream = {
  connection: 'kantar-us',
  adapter,
  config: gatewayUpstream('https://supply.example').config,
  vocabulary: adapter.vocabulary,
  http: { request: async () => Promise.reject(new Error('not here')) },
}

const activities = (now = T0, panelIsThere = true) =>
  createSessionActivities({
    knex: database.knex,
    findUpstream: (connection) => (connection === 'kantar-us' ? upstream : null),
    clock: () => now,
    takesPostbacks: () => true,
    rewardPolicy: () =>
      panelIsThere ? { currency: 'points', perMajorUnit: 100, sharePercent: 50, screenout: 0 } : null,
  })
const openEntry = (sessionId: string, attempt = 1, panelIsThere = true) =>
  new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') }).run(
    activities(T0, panelIsThere).openEntry,
    sessionId,
  )
const failureOf = async (work: Promise<unknown>): Promise<ApplicationFailure> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ApplicationFailure)) throw new Error(`no failure but ${error}`)
  return error
}

describe('opening an entry', () => {
  test('sends the provider only what it may know, and stores the link', async () => {
    const { session_id } = await openingSession(database.knex)
    expect(await openEntry(session_id)).toMatchObject({ state: 'created', deadline: later(30 * 60_000).getTime() })
    expect(asked).toMatchObject([
      { sessionId: session_id, panelistId: 'p-1', profile: { sex: '1' }, userIp: '203.0.113.7', userAgent: 'UA' },
    ])
    expect(await mustFind(database.knex, session_id)).toMatchObject({
      provider_entry_url: `https://router.example/start/${session_id}`,
      provider_session_id: `k-${session_id}`,
    })
  })

  test('twice calls the provider once', async () => {
    const { session_id } = await openingSession(database.knex)
    await openEntry(session_id)
    await openEntry(session_id, 2)
    expect(asked).toHaveLength(1)
  })

  test('of an unknown session is not retried', async () => {
    expect(await failureOf(openEntry(crypto.randomUUID()))).toMatchObject({ type: 'SessionGone', nonRetryable: true })
  })

  const endsAs = async (kind: 'refused' | 'rejected', reason: string) => {
    open = async () => {
      throw new ProviderError(kind, reason, {})
    }
    const { session_id } = await openingSession(database.knex)
    const ended = (await openEntry(session_id)) as Record<string, unknown>
    const claim = await database.knex('outcome_claims').where({ session_id }).first('word')
    return { ...ended, word: claim.word }
  }

  test('the provider’s refusal ends the session as QUOTA_FULL', async () => {
    const ended = await endsAs('refused', 'no quota for this panelist')
    expect(ended).toMatchObject({ state: 'finished', outcome: 'QUOTA_FULL', payable: false })
  })

  test('a fault of ours is ERROR, with the reason at the session and at the connection', async () => {
    const reason = 'address 10.0.0.1 points at a private or reserved address'
    const ended = await endsAs('rejected', reason)
    expect(ended).toMatchObject({ state: 'finished', outcome: 'ERROR', payable: false, word: `not opened: ${reason}` })
    const row = await database.knex('connections').where({ connection: 'kantar-us' }).first('state', 'reason')
    expect(row).toEqual({ state: 'degraded', reason })
  })

  test('a connection that left the configuration is ERROR; a survey that is gone is QUOTA_FULL', async () => {
    const elsewhere = await openingSession(database.knex, { connection: 'kantar-uk' })
    expect(await openEntry(elsewhere.session_id)).toMatchObject({ outcome: 'ERROR' })
    const unknown = await openingSession(database.knex, { providerSurveyId: 'never-seen' })
    expect(await openEntry(unknown.session_id)).toMatchObject({ outcome: 'QUOTA_FULL' })
    expect(asked).toEqual([])
  })

  test.each([
    ['unavailable', 'ProviderUnavailable'],
    ['timed-out', 'ProviderTimedOut'],
    ['rate-limited', 'ProviderRateLimited'],
    ['misread', 'ProviderMisread'],
    ['unauthorized', 'ProviderUnauthorized'],
  ] as const)('%s is retried and changes nothing', async (kind, type) => {
    open = async () => {
      throw new ProviderError(kind, 'no', {})
    }
    const { session_id } = await openingSession(database.knex)
    expect(await failureOf(openEntry(session_id))).toMatchObject({ type, nonRetryable: false })
    expect((await mustFind(database.knex, session_id)).state).toBe('opening')
  })

  test('slowly counts as started, and the janitor leaves it alone', async () => {
    open = async () => {
      throw new ProviderError('unavailable', 'no', {})
    }
    const { session_id } = await openingSession(database.knex)
    const lost = async (): Promise<boolean> =>
      (await findUnstartedSessions(database.knex, later(1), 500)).some((row) => row.session_id === session_id)
    await failureOf(openEntry(session_id))
    expect(await lost()).toBe(true)
    await failureOf(openEntry(session_id, 2))
    expect(await lost()).toBe(false)
  })

  test('a refusal after an earlier attempt’s success does not end the session', async () => {
    const { session_id } = await openingSession(database.knex)
    open = async (entry) => {
      // the first attempt, timed out by then, succeeds while the second is refused because the panelist is in already
      open = async () => ({ url: 'https://router.example/first', providerSessionId: 'first' })
      await openEntry(entry.sessionId)
      throw new ProviderError('refused', 'this panelist has a session', {})
    }
    expect(await openEntry(session_id, 2)).toMatchObject({ state: 'created', outcome: null })
    expect(await mustFind(database.knex, session_id)).toMatchObject({ state: 'created', claim_count: 0 })
  })

  test('locks a price that comes with the entry, and its reward', async () => {
    open = async () => ({ url: 'https://router.example/priced', providerSessionId: null, price: money(90, 'GBP') })
    const { session_id } = await openingSession(database.knex, { price: null, reward: null, shareMinor: null })
    await openEntry(session_id)
    expect(await mustFind(database.knex, session_id)).toMatchObject({
      cpi_minor: '90',
      currency: 'GBP',
      reward_amount: '45',
      share_minor: '45',
    })
  })

  test('locks the price also when its panel left the configuration', async () => {
    open = async () => ({ url: 'https://router.example/orphan', providerSessionId: null, price: money(90, 'GBP') })
    const { session_id } = await openingSession(database.knex, { price: null, reward: null, shareMinor: null })
    await openEntry(session_id, 1, false)
    expect(await mustFind(database.knex, session_id)).toMatchObject({ cpi_minor: '90', reward_amount: '0' })
  })
})

describe('abandoning an opening', () => {
  test('ends a session that is still opening', async () => {
    const { session_id } = await openingSession(database.knex)
    expect(await activities().abandonOpening(session_id)).toMatchObject({ state: 'finished', outcome: 'ERROR' })
  })

  test('changes nothing once the entry is open', async () => {
    const created = await createdSession(database.knex)
    expect(await activities().abandonOpening(created.session_id)).toMatchObject({ state: 'created', outcome: null })
    const entered = await enteredSession(database.knex)
    expect(await activities().abandonOpening(entered.session_id)).toMatchObject({ state: 'entered', outcome: null })
  })
})

describe('expireSession', () => {
  test('returns the time that is left, or ends the session', async () => {
    const { session_id } = await enteredSession(database.knex)
    expect(await activities(later(DAY / 2)).expireSession(session_id)).toMatchObject({
      state: 'entered',
      remainingMs: DAY / 2,
      deadline: later(DAY).getTime(),
    })
    expect(await activities(later(DAY)).expireSession(session_id)).toMatchObject({
      state: 'finished',
      outcome: 'TIMEOUT',
      remainingMs: 0,
      deadline: null,
    })
  })
})

test('recordOutcome returns the postbacks to send and the deadline for evidence', async () => {
  const { session_id } = await enteredSession(database.knex, { requiredGrade: 'E2' })
  await settled(database.knex, session_id, aClaim('COMPLETED', { source: 'return', grade: 'E1' }))
  const recorded = await activities().recordOutcome(session_id)
  expect(recorded).toMatchObject({ provisional: true, evidenceDeadline: later(DAY).getTime() })
  expect(recorded.postbackIds).toHaveLength(1)
  await expect(activities().recordOutcome(crypto.randomUUID())).rejects.toThrow('not found')
})
