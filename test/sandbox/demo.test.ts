import { readFileSync } from 'node:fs'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { Webhook } from 'standardwebhooks'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { DEMO_PANEL } from '../../sandbox/demo/index.js'
import { type Heard, startListener, startSandbox } from './support.js'

const OFFER = {
  offer_id: 'offer-1',
  survey_id: 'srv-1',
  connection: 'kantar-sandbox',
  provider: 'kantar',
  provider_survey_id: 'usa-00001',
  provider_quota_id: '2',
  match: 'yes',
  loi_minutes: 7,
  ir_percent: 60,
  conversion_percent: 40,
  cpi: { amount_minor: 250, currency: 'USD' },
  reward: { amount: 125, currency: 'points' },
  score: 1,
  why: ['age 29 is in 16-40', '<script>alert(1)</script>'],
  expires_at: '2026-11-01T12:15:00Z',
}
const SESSION = {
  session_id: 'ses-1',
  state: 'finished',
  outcome: 'COMPLETED',
  grade: 'E2',
  provisional: false,
  payable: true,
  panelist_id: 'demo-ana',
  connection: 'kantar-sandbox',
  provider_survey_id: 'usa-00001',
  price: { amount_minor: 250, currency: 'USD' },
  reward: { amount: 125, currency: 'points' },
  events: [{ at: '2026-11-01T12:00:00Z', type: 'created' }],
  workflow_id: 'session:ses-1',
}

let keys: Awaited<ReturnType<typeof generateKeyPair>>
let heard: Heard[]
let api: string
let base: string
let answers: Record<string, { status: number; body?: unknown }>

beforeAll(async () => {
  keys = await generateKeyPair('ES256', { extractable: true })
})

beforeEach(async () => {
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256' }
  answers = {
    'GET /.well-known/jwks.json': { status: 200, body: { keys: [jwk] } },
    'POST /v1/surveys/match': {
      status: 200,
      body: { offers: [OFFER], connections: [{ id: 'kantar-sandbox', status: 'ok' }] },
    },
    'POST /v1/sessions': { status: 201, body: { session_id: 'ses-1', entry_url: 'http://127.0.0.1:9/e/abc' } },
    'GET /v1/sessions/ses-1': { status: 200, body: SESSION },
    'GET /v1/sessions?limit=50': { status: 200, body: { sessions: [SESSION], next_cursor: null } },
  }
  const tributary = await startListener(({ method, path }) => answers[`${method} ${path}`] ?? { status: 404, body: {} })
  heard = tributary.heard
  api = tributary.url
  const sandbox = await startSandbox({
    apiUrl: api,
    kantar: { plans: 0 },
    demo: { temporalUi: 'http://127.0.0.1:8233/' },
  })
  base = sandbox.base
})

const page = async (path: string) => {
  const response = await fetch(`${base}${path}`, { redirect: 'manual' })
  return { status: response.status, text: await response.text() }
}
const take = (fields: Record<string, string>) =>
  fetch(`${base}/demo/panelists/demo-ana/sessions`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
  })

async function token(claims: object = {}, expires = '10 min', key = keys.privateKey): Promise<string> {
  return new SignJWT({ session_id: 'ses-1', outcome: 'COMPLETED', jti: 'j-1', ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setIssuer(api)
    .setAudience('lifepoints')
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(key)
}

function sendHook(secret: string, data: object, id = 'msg-1', alter = (body: string) => body): Promise<Response> {
  const body = JSON.stringify({ type: 'session.outcome', timestamp: new Date().toISOString(), data })
  const now = new Date()
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, now, body),
  }
  return fetch(`${base}/demo/hooks`, { method: 'POST', headers, body: alter(body) })
}

describe('offers', () => {
  test('begin with a page to choose a panelist', async () => {
    const { status, text } = await page('/demo')
    expect(status).toBe(200)
    expect(text).toContain('href="/demo/panelists/demo-ana"')
    expect((await fetch(base, { redirect: 'manual' })).headers.get('location')).toBe('/demo')
  })

  test('are shown with their reasons, escaped; the key is not in the page', async () => {
    const { status, text } = await page('/demo/panelists/demo-ana')
    expect(status).toBe(200)
    expect(JSON.parse(heard[0]?.body ?? '')).toMatchObject({
      panelist_id: 'demo-ana',
      country: 'USA',
      explain: true,
      profile: { age: 29 },
    })
    expect(heard[0]?.headers['x-api-key']).toBe('tk_test_lifepoints')
    for (const words of ['125 points', '7 min', '$2.50', 'age 29 is in 16-40', 'usa-00001'])
      expect(text).toContain(words)
    expect(text).toContain('&lt;script&gt;')
    expect(text).not.toContain('<script')
    expect(text).not.toContain('tk_test_lifepoints')
  })

  test('show an error of the API with its status', async () => {
    answers['POST /v1/surveys/match'] = { status: 503, body: { code: 'unavailable', title: 'PostgreSQL is away' } }
    const { status, text } = await page('/demo/panelists/demo-ana')
    expect(status).toBe(502)
    expect(text).toContain('PostgreSQL is away')
    expect(text).toContain('503')
  })

  test('are 404 for an unknown panelist or page, and an error when Tributary is down', async () => {
    expect((await page('/demo/panelists/nobody')).status).toBe(404)
    expect((await page('/demo/nowhere')).status).toBe(404)
    const alone = await startSandbox({ apiUrl: 'http://127.0.0.1:9' })
    const response = await fetch(`${alone.base}/demo/panelists/demo-ana`)
    expect(response.status).toBe(502)
    expect(await response.text()).toContain('Tributary is unreachable')
  })
})

describe('taking an offer', () => {
  test('creates a session with the button’s own idempotency key and redirects the browser', async () => {
    const response = await take({ offer_id: 'offer-1', idempotency_key: 'key-1' })
    expect([response.status, response.headers.get('location')]).toEqual([303, 'http://127.0.0.1:9/e/abc'])
    expect(heard[0]?.headers['idempotency-key']).toBe('key-1')
    expect(JSON.parse(heard[0]?.body ?? '')).toMatchObject({
      offer_id: 'offer-1',
      panelist_id: 'demo-ana',
      profile: { age: 29 },
    })
    await take({ offer_id: 'offer-1', idempotency_key: 'key-1' })
    expect(heard[1]?.body).toBe(heard[0]?.body)
  })

  test('shows alternatives when it is gone', async () => {
    answers['POST /v1/sessions'] = {
      status: 409,
      body: { code: 'offer_gone', alternatives: [{ ...OFFER, offer_id: 'offer-2' }] },
    }
    const response = await take({ offer_id: 'offer-1', idempotency_key: 'k' })
    expect(response.status).toBe(409)
    expect(await response.text()).toContain('value="offer-2"')
  })

  test('links to a session that is under way, but to no address that is not http', async () => {
    answers['POST /v1/sessions'] = {
      status: 409,
      body: { code: 'session_exists', session_id: 's', entry_url: 'http://127.0.0.1:9/e/old' },
    }
    expect(await (await take({ offer_id: 'o', idempotency_key: 'k' })).text()).toContain(
      'href="http://127.0.0.1:9/e/old"',
    )
    answers['POST /v1/sessions'] = { status: 201, body: { session_id: 's', entry_url: 'javascript:alert(1)' } }
    const response = await take({ offer_id: 'o', idempotency_key: 'k' })
    expect([response.status, response.headers.get('location')]).toEqual([502, null])
  })
})

describe('coming back', () => {
  test('shows the verified token, the session and the workflow link, and refreshes', async () => {
    const { status, text } = await page(`/demo/done?token=${await token()}`)
    expect(status).toBe(200)
    expect(text).toContain('Verified.')
    expect(text).toContain('125 points')
    expect(text).toContain('href="http://127.0.0.1:8233/namespaces/default/workflows/session%3Ases-1"')
    expect(text).toMatch(/http-equiv="refresh" content="2; url=\/demo\/done\?token=[^"]+n=1"/)
  })

  test('shows the postback once it is there, and stops refreshing', async () => {
    expect((await sendHook(DEMO_PANEL.hookSecret, { session_id: 'ses-1', outcome: 'COMPLETED' })).status).toBe(204)
    const { text } = await page(`/demo/done?token=${await token()}`)
    expect(text).toContain('session.outcome')
    expect(text).toContain('msg-1')
    expect(text).not.toContain('http-equiv="refresh"')
  })

  test('refuses a token that is expired, altered, of another key, or for another panel', async () => {
    const other = await generateKeyPair('ES256')
    const valid = await token()
    const [header, , signature] = valid.split('.')
    const payload = Buffer.from(JSON.stringify({ session_id: 'ses-1', outcome: 'COMPLETED' })).toString('base64url')
    const forged = [
      await token({}, '10 min ago'),
      `${header}.${payload}.${signature}`,
      await token({}, '10 min', other.privateKey),
      await new SignJWT({ session_id: 'ses-1', outcome: 'COMPLETED', jti: 'j' })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setIssuer(api)
        .setAudience('toplife')
        .setExpirationTime('5 min')
        .sign(keys.privateKey),
      'rubbish',
    ]
    for (const one of forged) {
      const { status, text } = await page(`/demo/done?token=${one}`)
      expect(status).toBe(400)
      expect(text).toContain('Not valid:')
      expect(text).not.toContain('Thank you')
    }
    expect((await page('/demo/done')).status).toBe(404)
  })

  test('the list of sessions and a session of it', async () => {
    expect((await page('/demo/sessions')).text).toContain('href="/demo/sessions/ses-1"')
    expect((await page('/demo/sessions/ses-1')).text).toContain('session:ses-1')
    expect((await page('/demo/sessions/ses-2')).status).toBe(502)
  })
})

describe('the panel’s postback endpoint', () => {
  test('stores a repeated delivery once', async () => {
    await sendHook(DEMO_PANEL.hookSecret, { session_id: 'ses-1' })
    await sendHook(DEMO_PANEL.hookSecret, { session_id: 'ses-1' })
    const { text } = await page('/demo/sessions/ses-1')
    expect(text.match(/msg-1/g)).toHaveLength(1)
  })

  test('refuses a message that is altered or signed with another secret', async () => {
    const other = 'whsec_b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldC1vdGhlcg=='
    expect((await sendHook(other, { session_id: 'ses-1' })).status).toBe(400)
    const elsewhere = { session_id: 'ses-1', iss: 'https://tributary.example', aud: 'another-panel' }
    expect((await sendHook(DEMO_PANEL.hookSecret, elsewhere)).status).toBe(400)
    const altered = await sendHook(DEMO_PANEL.hookSecret, { session_id: 'ses-1' }, 'm', (body) =>
      body.replace('ses-1', 'ses-2'),
    )
    expect(altered.status).toBe(400)
    expect((await page('/demo/sessions/ses-1')).text).toContain('None came')
  })
})

test('the sandbox’s configuration and the demo agree on panel, key and secret', () => {
  const file = readFileSync(new URL('../../sandbox/tributary.sandbox.yaml', import.meta.url), 'utf8')
  const { panels, connections } = parse(file) as {
    panels: { id: string; api_key: string; postback: { secret: string } }[]
    connections: { id: string; api_key: string }[]
  }
  expect(panels[0]).toMatchObject({
    id: DEMO_PANEL.panelId,
    api_key: DEMO_PANEL.apiKey,
    postback: { secret: DEMO_PANEL.hookSecret },
  })
  expect(connections[0]).toMatchObject({ id: 'kantar-sandbox', api_key: 'kantar-sandbox-key' })
})
