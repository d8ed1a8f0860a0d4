import { createCipheriv, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { DEFAULT_PUBLISHER, md5 } from '../../sandbox/dynata/account.js'
import { eventually, startListener, startSandbox } from './support.js'

const USER = `p1-4242-${md5(`p14242${DEFAULT_PUBLISHER.applicationKey}`).slice(0, 10)}`
const PROFILE = { dob: '1990-04-23', sex: 2, cc: 'US' }
const CONTENT = { cpi: true, user_ip: '203.0.113.9', user_agent: 'Mozilla/5.0 (X11)', user_profile: PROFILE }

function sealed(content: unknown, key = DEFAULT_PUBLISHER.securityKey) {
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(key, 'hex'), iv)
  const payload = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()])
  return { iv: iv.toString('base64'), payload: payload.toString('base64') }
}

interface Answer {
  errorInfo?: { code: number }
  surveys?: { id: string; link: string; cpi?: number; average_loi: number }[]
  offers?: { cpi: string }[]
}

async function ask(base: string, body: object, type = 'application/json; charset=utf-8'): Promise<Answer> {
  const response = await fetch(`${base}/dynata/publisher/api/v1/surveys/match`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(200)
  return (await response.json()) as Answer
}
const good = (changes: object = {}) => ({ user_id: USER, pub_id: 4242, ...sealed({ ...CONTENT, ...changes }) })
const codeOf = async (base: string, body: object, type?: string) => (await ask(base, body, type)).errorInfo?.code

describe('the simulated match API', () => {
  test('accepts exactly what the document allows', async () => {
    const { base } = await startSandbox()
    expect(await codeOf(base, good(), 'application/json')).toBe(1)
    expect(await codeOf(base, { ...good(), pub_id: '4242' })).toBe(2)
    expect(await codeOf(base, { ...good(), pub_id: 1 })).toBe(2)
    expect(await codeOf(base, { ...good(), user_id: 'p1-4242-0123456789' })).toBe(4)
    expect(await codeOf(base, { ...good(), more: 1 })).toBe(5)
    expect(await codeOf(base, good({ user_ip: undefined }))).toBe(5)
    expect(await codeOf(base, good({ cpi: 'True' }))).toBe(5)
    expect(await codeOf(base, good({ program_id: 'other' }))).toBe(6)
    expect(await codeOf(base, good({ user_ip: '198.51.100.7' }))).toBe(7)
    expect(await codeOf(base, good({ user_profile: { ...PROFILE, dob: '1990-02-31' } }))).toBe(8)
    const wrong = { ...good(), ...sealed(CONTENT, 'ffeeddccbbaa99887766554433221100') }
    expect(await codeOf(base, wrong)).toBe(10)
    const once = good()
    expect(await codeOf(base, once)).toBeUndefined()
    // a repeated iv is not random
    expect(await codeOf(base, once)).toBe(10)
  })

  test('requires a profile of a new user, once; sends prices and offers on request', async () => {
    const { base } = await startSandbox()
    expect(await codeOf(base, good({ user_profile: undefined }))).toBe(9)
    const { surveys = [], offers } = await ask(base, good())
    expect(surveys.length).toBeGreaterThan(5)
    expect(offers).toBeUndefined()
    expect(surveys.filter(({ cpi }) => typeof cpi === 'number').length).toBeGreaterThan(3)
    const later = await ask(base, good({ user_profile: undefined, cpi: undefined, offers: true }))
    expect(later.surveys?.every(({ cpi }) => cpi === undefined)).toBe(true)
    expect(later.offers?.[0]?.cpi).toMatch(/^\d+\.\d\d$/)
    const blind = await ask(base, good({ user_agent: undefined }))
    expect(blind.surveys?.length).toBeLessThan(surveys.length)
  })

  test('accepts only its own link with a tracking id, and calls back until the answer is 1', async () => {
    const heard = await startListener((_, count) =>
      count === 1 ? { status: 200, body: { ok: true } } : { status: 204 },
    )
    const { base, dynata, journal } = await startSandbox({ apiUrl: heard.url })
    const { link = '' } = (await ask(base, good())).surveys?.[0] ?? {}
    expect(link).toMatch(/&sub_id=$/)
    expect((await fetch(link)).status).toBe(400)
    expect((await fetch(`${link.replace('payload=', 'payload=A')}s1`)).status).toBe(404)
    const page = await fetch(`${link}s1`)
    expect(await page.text()).toContain('How does this survey end?')
    const { link: other = '' } = (await ask(base, good())).surveys?.[1] ?? {}
    expect((await fetch(`${other}s1`)).status).toBe(409)
    const end = await fetch(`${link}s1`, {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'C' }),
      redirect: 'manual',
    })
    expect(end.headers.get('location')).toBe(`${heard.url}/returns/dynata-sandbox?sub_id=s1&status=C`)
    // neither 204 nor JSON is a 1, so that it calls back again
    await eventually(() => heard.heard.length > 2)
    const said = new URL(heard.heard[0]?.path ?? '', heard.url).searchParams
    expect(said.get('oidHash')).toBe(md5(`${said.get('offerInvitationId')}${DEFAULT_PUBLISHER.offerSecret}`))
    expect(said.get('txnHash')).toBe(md5(`${said.get('transactionId')}${DEFAULT_PUBLISHER.transactionSecret}`))
    const one = dynata.participations.get('s1')
    if (!one) expect.unreachable()
    void dynata.participations.reverse(one)
    await eventually(() => heard.heard.some(({ path }) => path.includes('amt=-')))
    expect(journal.read({ kind: 'dynata.outcome' })).toHaveLength(1)
  })

  test('answers any code on demand, and its inventory changes', async () => {
    const { base, dynata } = await startSandbox()
    dynata.force(12, 1)
    expect(await codeOf(base, good())).toBe(12)
    expect(await codeOf(base, good())).toBeUndefined()
    dynata.people.ban('p1', true)
    expect(await codeOf(base, good())).toBe(3)
    const before = JSON.stringify(dynata.inventory.surveys)
    for (let step = 0; step < 30; step++) dynata.tick()
    expect(JSON.stringify(dynata.inventory.surveys)).not.toBe(before)
    expect(dynata.inventory.openCount()).toBeGreaterThan(100)
  })
})
