import { decodeJwt } from 'jose'
import request from 'supertest'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../api/app.js'
import { SOON } from '../support/patience.js'
import { PLAN, panelOf, type SessionApi, startSessionApi, visit } from '../support/session-api.js'

/** Long enough for a machine that is busy with everything else. */

let api: SessionApi
let panel: ReturnType<typeof panelOf>
let panelists = 0
const someone = (): string => `p-${++panelists}`

beforeAll(async () => {
  api = await startSessionApi()
  panel = panelOf(api)
  await api.offer({ id: 'plan' })
})
afterAll(() => api.close())
afterEach(() => {
  api.skew = 0
})

const eventsOf = async (sessionId: string): Promise<string[]> =>
  api.database.knex('session_events').where({ session_id: sessionId }).orderBy('at').pluck('type')
const claimsOf = (sessionId: string) => api.database.knex('outcome_claims').where({ session_id: sessionId })
function homeOf(location: string | undefined): { at: string; claims: Record<string, unknown> } {
  const url = new URL(location ?? '')
  const claims = decodeJwt(url.searchParams.get('token') ?? '')
  url.searchParams.delete('token')
  return { at: url.href, claims }
}

describe('the click', () => {
  test('redirects the respondent to the provider and signals the workflow', async () => {
    const { session_id, entry_url } = await panel.open(someone(), 'plan')
    const click = await visit(api, entry_url)
    expect(click.status).toBe(302)
    expect(click.headers.location).toMatch(
      new RegExp(`^${api.sandbox.url()}/kantar/router/sessions/start/[0-9a-f]{32}$`),
    )
    expect(click.headers['cache-control']).toBe('no-store')
    expect(click.headers['referrer-policy']).toBe('no-referrer')
    expect((await panel.session(session_id)).body).toMatchObject({ state: 'entered' })
    const workflow = api.temporal.client.workflow.getHandle(`session:${session_id}`)
    await expect
      .poll(async () => workflow.query<{ state: string }>('position'), SOON)
      .toMatchObject({ state: 'entered' })
  })

  test('a hundred times is one start with the same address', async () => {
    const { session_id, entry_url } = await panel.open(someone(), 'plan')
    const clicks = await Promise.all(Array.from({ length: 100 }, () => visit(api, entry_url)))
    expect(new Set(clicks.map(({ headers }) => headers.location)).size).toBe(1)
    expect(new Set(clicks.map(({ status }) => status))).toEqual(new Set([302]))
    expect((await eventsOf(session_id)).filter((type) => type === 'entered')).toHaveLength(1)
  })

  test('is not made by a scanner’s HEAD', async () => {
    const { session_id, entry_url } = await panel.open(someone(), 'plan')
    const head = await request(api.app).head(new URL(entry_url).pathname)
    expect(head.status).toBe(200)
    expect((await panel.session(session_id)).body.state).toBe('created')
  })

  test.each(['made-up', '%00', 'a%00b', '%F0%9F%98%80', "' or 1=1 --", 'x'.repeat(5_000)])(
    'on %s is a plain page, 404',
    async (token) => {
      const answer = await visit(api, `/e/${token}`)
      expect(answer.status).toBe(404)
      expect(answer.type).toBe('text/html')
      expect(answer.text).toContain('Link not found')
      expect(answer.text).not.toContain(token)
    },
  )

  test('ignores redirect addresses in the query', async () => {
    const { entry_url } = await panel.open(someone(), 'plan')
    const click = await visit(api, `${entry_url}?url=https://evil.example&redirect=https://evil.example`)
    expect(click.headers.location).toContain(api.sandbox.url())
    expect(click.headers.location).not.toContain('evil')
  })
})

describe('too late', () => {
  test('an expired link redirects home with TIMEOUT, every time', async () => {
    const who = someone()
    const { session_id, entry_url } = await panel.open(who, 'plan')
    api.skew = 31 * 60_000
    for (let n = 0; n < 3; n++) {
      const home = homeOf((await visit(api, entry_url)).headers.location)
      expect(home.at).toBe('https://lifepoints.example/done?from=survey')
      expect(home.claims).toMatchObject({ outcome: 'TIMEOUT', session_id, panelist_id: who, payable: false })
    }
    expect(await claimsOf(session_id)).toHaveLength(1)
  })

  test.each<[string, object]>([
    ['closed', { status: 'CLOSED' }],
    ['paused', { status: 'PAUSED' }],
    ['full', { available_completes: 0 }],
  ])('a survey that is %s meanwhile redirects home with QUOTA_FULL', async (name, change) => {
    const id = `door ${name}`
    await api.offer({ id })
    const { session_id, entry_url } = await panel.open(someone(), id)
    await api.offer({ id, ...change })
    const home = homeOf((await visit(api, entry_url)).headers.location)
    expect(home.at).toBe('https://lifepoints.example/full#top')
    expect(home.claims).toMatchObject({ outcome: 'QUOTA_FULL', payable: false })
    await expect
      .poll(async () => (await api.database.knex('session_outcomes').where({ session_id })).length, SOON)
      .toBe(1)
    await expect.poll(() => api.hooks.heard.filter(({ body }) => body.includes(session_id)).length, SOON).toBe(1)
  })

  test('a quota that is full meanwhile redirects home with QUOTA_FULL', async () => {
    const quota = {
      id: 'q1',
      available_completes: 5,
      status: 'OPEN' as const,
      qualifications: [{ question_id: 'sex', qualifying_answers: ['male'] }],
    }
    await api.offer({ id: 'quota', quotas: [quota] })
    const who = someone()
    const answer = await panel.match({
      panelist_id: who,
      country: 'USA',
      profile: { sex: 'male' },
      connections: ['kantar-us'],
      limit: 200,
    })
    const offer = answer.body.offers.find((one: { provider_survey_id: string }) => one.provider_survey_id === 'quota')
    expect(offer.provider_quota_id).toBe('q1')
    const created = await panel.create({ offer_id: offer.offer_id, panelist_id: who, profile: { sex: 'male' } })
    expect(created.status).toBe(201)
    await api.offer({ id: 'quota', quotas: [{ ...quota, available_completes: 0 }] })
    expect(homeOf((await visit(api, created.body.entry_url)).headers.location).claims).toMatchObject({
      outcome: 'QUOTA_FULL',
    })
  })

  test('a paused connection redirects home with QUOTA_FULL', async () => {
    const { entry_url } = await panel.open(someone(), 'plan', 'kantar-e2')
    await api.database.knex('connections').where({ connection: 'kantar-e2' }).update({ paused: true })
    expect(homeOf((await visit(api, entry_url)).headers.location).claims).toMatchObject({ outcome: 'QUOTA_FULL' })
    await api.database.knex('connections').where({ connection: 'kantar-e2' }).update({ paused: false })
    // the catalogue follows the table; the next test wants an offer of this connection
    await expect.poll(() => api.deps.catalogue.standings(['kantar-e2'])).toMatchObject([{ offered: true }])
  })

  test('a connection that left the configuration redirects home with ERROR, not QUOTA_FULL', async () => {
    const { session_id, entry_url } = await panel.open(someone(), 'plan', 'kantar-e2')
    await api.database.knex('connections').where({ connection: 'kantar-e2' }).update({ paused: true })
    const without = createApp({ ...api.deps, findUpstream: () => null })
    const answer = await request(without).get(new URL(entry_url).pathname).redirects(0)
    expect(homeOf(answer.headers.location).claims).toMatchObject({ outcome: 'ERROR', payable: false })
    const [claim] = await api.database.knex('outcome_claims').where({ session_id })
    expect(claim.word).toBe('connection kantar-e2 is no longer configured')
    await api.database.knex('connections').where({ connection: 'kantar-e2' }).update({ paused: false })
  })

  test('an entered respondent keeps the provider’s address although the survey closed', async () => {
    await api.offer({ id: 'inside' })
    const { entry_url } = await panel.open(someone(), 'inside')
    const first = await visit(api, entry_url)
    await api.offer({ id: 'inside', status: 'CLOSED' })
    api.skew = 31 * 60_000
    expect((await visit(api, entry_url)).headers.location).toBe(first.headers.location)
  })
})

describe('still opening', () => {
  async function opening(): Promise<{ session_id: string; entry_url: string }> {
    const who = someone()
    const { offer_id } = await panel.offerOf(who, 'plan')
    const away = createApp({ ...api.deps, sessions: { open: async () => null } as unknown as typeof api.deps.sessions })
    const answer = await request(away)
      .post('/v1/sessions')
      .set('x-api-key', 'tk_lifepoints_0123456789')
      .send({ offer_id, panelist_id: who })
    return answer.body
  }

  test('is a page that refreshes itself for at most a minute, then redirects home with ERROR', async () => {
    const { session_id, entry_url } = await opening()
    const first = await visit(api, entry_url)
    expect(first.status).toBe(200)
    expect(first.type).toBe('text/html')
    const next = /url=(\S+)$/.exec(first.headers.refresh ?? '')?.[1] ?? ''
    api.skew = 40_000
    const second = await visit(api, next)
    expect(second.status).toBe(200)
    const last = /url=(\S+)$/.exec(second.headers.refresh ?? '')?.[1] ?? ''
    api.skew = 61_000
    const home = await visit(api, last)
    expect(home.status).toBe(302)
    expect(homeOf(home.headers.location).claims).toMatchObject({ outcome: 'ERROR', session_id, payable: false })
    expect((await panel.session(session_id)).body).toMatchObject({ state: 'finished', outcome: 'ERROR' })
  })

  test.each(['', '?since=0', '?since=1', '?since=-1', '?since=99999999999999', '?since=abc', '?since=1&since=2'])(
    'ignores a waiting time in the address: %s',
    async (query) => {
      const { entry_url } = await opening()
      for (const seconds of [0, 20, 59]) {
        api.skew = seconds * 1000
        expect((await visit(api, `${entry_url}${query}`)).status, `${seconds} s`).toBe(200)
      }
      api.skew = 60_500
      expect((await visit(api, `${entry_url}${query}`)).status).toBe(302)
    },
  )

  test('starts its minute at the first visit, not at the session’s creation', async () => {
    const { entry_url } = await opening()
    api.skew = 10 * 60_000
    expect((await visit(api, entry_url)).status).toBe(200)
    api.skew += 59_000
    expect((await visit(api, entry_url)).status).toBe(200)
  })

  test('gives another minute to a respondent who left and returns later', async () => {
    const { session_id, entry_url } = await opening()
    await visit(api, entry_url)
    api.skew = 12 * 60_000
    expect((await visit(api, entry_url)).status).toBe(200)
    api.skew += 61_000
    expect((await visit(api, entry_url)).status).toBe(302)
    expect((await panel.session(session_id)).body).toMatchObject({ outcome: 'ERROR' })
  })
})

test('a fresh click on another plan still works after all this', async () => {
  await api.offer({ id: 'last', pricing: { ...PLAN.pricing, cpi: 10 } })
  const { entry_url } = await panel.open(someone(), 'last')
  expect((await visit(api, entry_url)).status).toBe(302)
})
