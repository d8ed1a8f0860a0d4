import { ApplicationFailure } from '@temporalio/common'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { confirmQuota } from '../../activities/confirm-quota.js'
import { openSessionEntry } from '../../activities/open-entry.js'
import type { PollResult } from '../../activities/supply/poll-and-store.js'
import type { MembersRead } from '../../activities/supply/read-members.js'
import { createSupplyActivities } from '../../activities/supply.js'
import { keepQuotaNews } from '../../commands/supply/keep-quota-news.js'
import { readPanelistStanding } from '../../db/read-models/panelist-standing.js'
import { findQuotaOwner } from '../../db/read-models/quota-owner.js'
import { openConnection } from '../../db/stores/connection-store.js'
import { createHttp } from '../../platform/egress/http-client.js'
import { createLogger } from '../../platform/logger.js'
import { adapterOf } from '../../providers/adapters.js'
import { createProviderHttp } from '../../providers/provider-http.js'
import { tolunaConnection } from '../../providers/toluna/config.js'
import type { Upstream } from '../../providers/upstream.js'
import { createSandbox, type Sandbox } from '../../sandbox/server.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { anActivity } from '../support/polling.js'
import { mustFind, openingSession } from '../support/sessions.js'

const CONNECTION = 'toluna-sandbox'
const GUID = '10B1BF48-F141-41CD-850F-4DE5A8BA44EB'

let database: TestDatabase
let sandbox: Sandbox
let upstream: Upstream
let skew = 0
const clock = () => new Date(Date.now() + skew)

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  skew = 0
  await database.knex.raw(
    `delete from supply_closures; delete from panelist_blocks; delete from quota_news; delete from member_readings;
     delete from survey_members; delete from surveys; delete from quarantine; delete from supply_log;
     delete from connections; delete from outcome_claims; delete from session_inputs; delete from sessions`,
  )
  sandbox = createSandbox({ apiUrl: 'http://127.0.0.1:1', toluna: { surveys: 0, cacheMs: 0, openRegistration: true } })
  const { url } = await sandbox.listen(0)
  const config = tolunaConnection.parse({
    id: CONNECTION,
    provider: 'toluna',
    panelist_ids: 'bare',
    base_url: `${url}/toluna/IPExternalSamplingService`,
    api_auth_key: 'toluna-sandbox-key',
    panel_guid: GUID,
    market: { country: 'USA', locale: 'en-US' },
    currencies: { 1: 'USD' },
  })
  upstream = {
    connection: CONNECTION,
    adapter: adapterOf('toluna'),
    config,
    vocabulary: adapterOf('toluna').vocabulary,
    http: createProviderHttp(createHttp({ allowPrivate: true })),
  }
  await openConnection(database.knex, { connection: CONNECTION, provider: 'toluna' })
})
afterEach(async () => {
  await sandbox.close()
})

const findUpstream = (id: string) => (id === CONNECTION ? upstream : null)
const supply = () =>
  createSupplyActivities({ knex: database.knex, findUpstream, clock, logger: createLogger('test', 'silent') })
const sessions = () => ({
  knex: database.knex,
  findUpstream,
  clock,
  takesPostbacks: () => false,
  rewardPolicy: () => ({ currency: 'points', perMajorUnit: 100, sharePercent: 50, screenout: 0 }),
})
const poll = (): Promise<PollResult> => anActivity().run(supply().pollAndStore, { connection: CONNECTION })
const readMembers = (): Promise<MembersRead> => anActivity().run(supply().readMembers, { connection: CONNECTION })
const confirm = (quotaId: string): Promise<number | null> =>
  anActivity().run((input: { connection: string; quotaId: string }) => confirmQuota(sessions(), input), {
    connection: CONNECTION,
    quotaId,
  })

function survey(id: number, more: object = {}) {
  return {
    SurveyID: id,
    WaveID: id + 1,
    LOI: 5,
    IR: 50,
    StudyTypeID: 2031,
    ScheduledCompletionDate: '2099-01-01T00:00:00',
    Price: { Amount: 1.25, CurrencyID: 1 },
    DeviceTypeIDs: [],
    IsSurveyRecontact: false,
    CompletesRequired: 10,
    EstimatedCompletesRemaining: 10,
    Quotas: [{ QuotaID: id + 2, CompletesRequired: 10, EstimatedCompletesRemaining: 10, Layers: [] }],
    ...more,
  }
}
const inventory = () => {
  const found = sandbox.toluna.inventories.get(GUID.toLowerCase())
  if (!found) throw new Error('no such panel')
  return found
}
const statusOf = async (key: string): Promise<string | undefined> =>
  (await database.knex('surveys').where({ provider_survey_id: key }).first('status'))?.status
const quotaStatusOf = async (key: string): Promise<string | undefined> => {
  const row = await database.knex('surveys').where({ provider_survey_id: key }).first('survey')
  return row?.survey.quotas[0]?.status
}
const count = async (table: string): Promise<number> =>
  Number((await database.knex(table).count({ n: '*' }).first())?.n ?? 0)

describe('the list as a whole', () => {
  test('withdraws what leaves it, restores what returns, and writes nothing when unchanged', async () => {
    for (const id of [100, 200, 300]) inventory().put(survey(id))
    expect(await poll()).toMatchObject({ received: 3, stored: 3, open: 3 })
    const versions = () =>
      database.knex('surveys').select(database.knex.raw('xmin::text as version')).orderBy('survey_id')
    const before = await versions()
    const logged = await count('supply_log')
    expect(await poll()).toMatchObject({ received: 3, stored: 0, unchanged: 3 })
    expect(await versions()).toEqual(before)
    expect(await count('supply_log')).toBe(logged)

    inventory().remove('200:201')
    expect(await poll()).toMatchObject({ withdrawn: 1, open: 2 })
    expect(await statusOf('200:201')).toBe('withdrawn')
    inventory().put(survey(200))
    await poll()
    expect(await statusOf('200:201')).toBe('open')
  })

  test('that is empty closes nothing until the next is empty too; a cut one never does', async () => {
    for (const id of [100, 200]) inventory().put(survey(id))
    await poll()
    for (const key of ['100:101', '200:201']) inventory().remove(key)
    sandbox.faults.set('toluna.quotas', { cut: 0.7, count: 1 })
    await expect(poll()).rejects.toBeInstanceOf(ApplicationFailure)
    expect(await poll()).toMatchObject({ withdrawn: 0, open: 2 })
    expect(await poll()).toMatchObject({ withdrawn: 2, open: 0 })
  })

  test('an unreadable record takes its survey off offer until a readable one comes', async () => {
    for (const id of [100, 200]) inventory().put(survey(id))
    await poll()
    sandbox.faults.set('toluna.quotas', { drift: 1, count: 1 })
    expect(await poll()).toMatchObject({ unreadable: 2, open: 0, quarantined: 2 })
    expect(await poll()).toMatchObject({ open: 2, quarantined: 0 })
  })

  test('a 403 blocks the connection and names the reason', async () => {
    sandbox.faults.set('toluna.quotas', { status: 403 })
    await expect(poll()).rejects.toMatchObject({ type: 'ProviderUnauthorized' })
    expect(await database.knex('connections').first('state', 'fail_streak')).toEqual({
      state: 'blocked',
      fail_streak: 1,
    })
  })
})

describe('members of recontact surveys', () => {
  const codes = Array.from({ length: 25_001 }, (_, at) => `member ${String(at).padStart(5, '0')} & ü/${at % 7}`)

  test('25,001 with a failure between two pages: none is lost, stored twice or read twice', async () => {
    inventory().put(survey(100, { IsSurveyRecontact: true }))
    sandbox.toluna.members.name(102, codes)
    expect(await poll()).toMatchObject({ membersDue: 1 })
    sandbox.faults.set('toluna.members', { status: 500 })
    await expect(readMembers()).rejects.toMatchObject({ type: 'ProviderUnavailable' })
    sandbox.faults.clear()
    // the third page is lost
    let pages = 0
    const { http } = upstream
    upstream = {
      ...upstream,
      http: {
        request: (request) => {
          if (request.url.includes('MemberCodes') && ++pages === 3) throw new Error('the worker died')
          return http.request(request)
        },
      },
    }
    await expect(readMembers()).rejects.toThrow('the worker died')
    expect(await count('survey_members')).toBe(10_000)
    expect(await readMembers()).toEqual({ quotas: 1, members: 15_001, left: 0 })
    const stored = await database.knex('survey_members').select('member_code')
    expect(new Set(stored.map((row) => row.member_code))).toEqual(new Set(codes))
    expect(stored).toHaveLength(25_001)
    const places = sandbox.journal.read({ kind: 'toluna.members_read' }).map(({ details }) => details.from)
    expect(new Set(places).size).toBe(places.length)
    expect(await poll()).toMatchObject({ membersDue: 0 })
  })

  test('who is not listed an hour later is deleted', async () => {
    inventory().put(survey(100, { IsSurveyRecontact: true }))
    sandbox.toluna.members.name(102, ['a', 'b'])
    await poll()
    await readMembers()
    sandbox.toluna.members.name(102, ['b', 'c'])
    expect(await readMembers()).toMatchObject({ quotas: 0 })
    skew = 61 * 60_000
    expect(await readMembers()).toMatchObject({ quotas: 1 })
    expect((await database.knex('survey_members').orderBy('member_code')).map((row) => row.member_code)).toEqual([
      'b',
      'c',
    ])
  })

  test('a server that repeats a page forever does not hold up the poll', async () => {
    inventory().put(survey(100, { IsSurveyRecontact: true }))
    await poll()
    sandbox.faults.set('toluna.members', {
      body: JSON.stringify({ MaxResults: 2, HasAdditionalMembers: true, MemberCodes: ['a', 'b'] }),
    })
    expect(await readMembers()).toMatchObject({ quotas: 1, members: 2 })
    sandbox.faults.set('toluna.members', {
      body: JSON.stringify({ MaxResults: 2, HasAdditionalMembers: true, MemberCodes: ['b', 'a'] }),
    })
    skew = 61 * 60_000
    expect(await readMembers()).toMatchObject({ quotas: 1, members: 2 })
  })

  test('are the only ones invited, at the quotas that name them', async () => {
    inventory().put(survey(100, { IsSurveyRecontact: true }))
    sandbox.toluna.members.name(102, ['ann'])
    await poll()
    await readMembers()
    const standing = (memberCode: string) =>
      readPanelistStanding(database.knex, 'lifepoints', memberCode, clock(), [{ connection: CONNECTION, memberCode }])
    const [invitation] = (await standing('ann')).invitations
    expect([...(invitation?.[1] ?? [])]).toEqual(['102'])
    expect((await standing('bob')).invitations.size).toBe(0)
  })
})

describe('news about a quota', () => {
  const news = (live: boolean, at: string) => ({ quotaId: '102', providerSurveyId: '100:101', live, at: new Date(at) })
  const asked = () => sandbox.journal.read({ kind: 'toluna.quota_checked' }).length
  beforeEach(async () => {
    inventory().put(survey(100))
    await poll()
  })

  test('is confirmed before it closes the quota; forged news closes nothing', async () => {
    await keepQuotaNews(database.knex, CONNECTION, news(false, '2026-11-20T10:00:00Z'), clock())
    expect(await confirm('102')).toBeNull()
    expect(asked()).toBe(1)
    expect(await quotaStatusOf('100:101')).toBe('open')

    skew += 11_000
    inventory().setLive(102, false)
    await keepQuotaNews(database.knex, CONNECTION, news(false, '2026-11-20T10:01:00Z'), clock())
    await confirm('102')
    expect(await quotaStatusOf('100:101')).toBe('closed')
    // the old list is read again: the quota that is known to be closed stays closed
    inventory().setLive(102, true)
    await database.knex('supply_closures').update({ until: new Date(clock().getTime() + 60_000) })
    await poll()
    expect(await quotaStatusOf('100:101')).toBe('closed')
    skew += 61_000
    await poll()
    expect(await quotaStatusOf('100:101')).toBe('open')
  })

  test('that it reopened opens it once confirmed', async () => {
    inventory().setLive(102, false)
    await keepQuotaNews(database.knex, CONNECTION, news(false, '2026-11-20T10:00:00Z'), clock())
    await confirm('102')
    expect(await quotaStatusOf('100:101')).toBe('closed')
    inventory().setLive(102, true)
    skew += 11_000
    await keepQuotaNews(database.knex, CONNECTION, news(true, '2026-11-20T10:01:00Z'), clock())
    await confirm('102')
    expect(await quotaStatusOf('100:101')).toBe('open')
  })

  test('calls QuotaStatus at most once per ten seconds, and older news is ignored', async () => {
    const start = Date.parse('2026-11-20T10:00:00Z')
    let sent = 0
    for (let at = 0; at < 300; at++) {
      const ask = await keepQuotaNews(
        database.knex,
        CONNECTION,
        news(at % 2 === 0, new Date(start + at).toISOString()),
        clock(),
      )
      if (ask) sent += 1
      if (at % 100 === 0) expect(await confirm('102')).toEqual(at === 0 ? null : expect.any(Number))
    }
    expect(asked()).toBe(1)
    expect(sent).toBeLessThan(5)
    await keepQuotaNews(database.knex, CONNECTION, news(true, '2026-11-20T09:00:00Z'), clock())
    expect((await database.knex('quota_news').first('said_at'))?.said_at).toEqual(new Date(start + 299))
  })

  test('about a quota that is not ours belongs to no connection', async () => {
    const owner = (quotaId: string, providerSurveyId: string) =>
      findQuotaOwner(database.knex, [CONNECTION], { ...news(false, '2026-11-20T10:00:00Z'), quotaId, providerSurveyId })
    expect(await owner('102', '100:101')).toBe(CONNECTION)
    expect(await owner('999', '100:101')).toBeNull()
    expect(await owner('102', '100:999')).toBeNull()
  })
})

describe('opening an entry', () => {
  const open = async (panelistId: string) => {
    const surveyId = (await database.knex('surveys').first('survey_id'))?.survey_id
    const row = await openingSession(database.knex, {
      connection: CONNECTION,
      provider: 'toluna',
      surveyId,
      providerSurveyId: '100:101',
      providerQuotaId: '102',
      panelistId,
      providerPanelistId: panelistId,
      price: null,
      reward: null,
      shareMinor: null,
    })
    await anActivity().run((id: string) => openSessionEntry(sessions(), id), row.session_id)
    return mustFind(database.knex, row.session_id)
  }
  const standing = (panelistId: string) =>
    readPanelistStanding(database.knex, 'lifepoints', panelistId, clock(), [
      { connection: CONNECTION, memberCode: panelistId },
    ])
  beforeEach(async () => {
    inventory().put(survey(100))
    await poll()
  })

  test('locks the price and length of the invite, not of the list', async () => {
    inventory().put(survey(100, { Price: { Amount: 0.85, CurrencyID: 1 }, LOI: 9 }))
    expect(await open('ann')).toMatchObject({
      state: 'created',
      cpi_minor: '85',
      currency: 'USD',
      loi_minutes: 9,
      reward_amount: '42',
    })
  })

  test.each([
    [28, 'closed', 'open'],
    [5, 'closed', 'closed'],
  ])('result code %i: the quota is %s, its survey %s', async (code, _quota, surveyStatus) => {
    sandbox.toluna.members.refusals.set('ann', code)
    expect(await open('ann')).toMatchObject({ state: 'finished', outcome: 'QUOTA_FULL' })
    expect(await statusOf('100:101')).toBe(surveyStatus)
    if (surveyStatus === 'open') expect(await quotaStatusOf('100:101')).toBe('closed')
  })

  test.each([
    [38, { taken: 1, blocked: [] }],
    [14, { taken: 0, blocked: [CONNECTION] }],
    [39, { taken: 0, blocked: [CONNECTION] }],
    [40, { taken: 0, blocked: [CONNECTION] }],
    [12, { taken: 0, blocked: [CONNECTION] }],
  ])('result code %i blocks this member only', async (code, expected) => {
    sandbox.toluna.members.refusals.set('ann', code)
    await open('ann')
    const { taken, blocked } = await standing('ann')
    expect({ taken: taken.length, blocked }).toEqual(expected)
    expect(await standing('bob')).toMatchObject({ taken: [], blocked: [] })
    expect(await quotaStatusOf('100:101')).toBe('open')
  })

  test('an unknown result code lets no panelist in, and operators see it', async () => {
    sandbox.toluna.members.refusals.set('ann', 999)
    await open('ann')
    expect(await quotaStatusOf('100:101')).toBe('closed')
    expect(await database.knex('connections').first('state', 'reason')).toEqual({
      state: 'degraded',
      reason: expect.stringContaining('999'),
    })
  })

  test('a technical error is retried, and nothing is stored', async () => {
    sandbox.toluna.members.refusals.set('ann', 36)
    await expect(open('ann')).rejects.toMatchObject({ type: 'ProviderUnavailable', nonRetryable: false })
    expect(await count('supply_closures')).toBe(0)
    expect(await count('panelist_blocks')).toBe(0)
  })
})
