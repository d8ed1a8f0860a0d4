import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { checkInvariants } from '../../db/invariants/check.js'
import { DEFAULT_PUBLISHER, md5 } from '../../sandbox/dynata/account.js'
import { persist, type Story, startStory } from '../support/story.js'

const CONNECTION = 'dynata-sandbox'
/** The same account with results that are stale after a second, and one with at most one request per 100 seconds. */
const SHORT = 'dynata-short'
const SCARCE = 'dynata-scarce'
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64)'

let story: Story
let people = 0

const account = (id: string, sandboxUrl: string, more: string) => `  - id: ${id}
    provider: dynata
    base_url: "${sandboxUrl}/dynata"
    pub_id: ${DEFAULT_PUBLISHER.pubId}
    application_key: ${DEFAULT_PUBLISHER.applicationKey}
    security_key: "${DEFAULT_PUBLISHER.securityKey}"
    timeout: 5s
${more}`
const hash = (parameter: string, field: string, secret: string) =>
  `{ kind: hash, algorithm: md5, parameter: ${parameter}, over: [${field}], secret: ${secret} }`
const callbacks = `    send: { offers: true }
    returns: { verify: { kind: none } }
    postbacks:
      verify:
        - ${hash('oidHash', 'offerInvitationId', DEFAULT_PUBLISHER.offerSecret)}
        - ${hash('txnHash', 'transactionId', DEFAULT_PUBLISHER.transactionSecret)}
`

beforeAll(async () => {
  story = await startStory({
    connections: (url) =>
      account(CONNECTION, url, callbacks) +
      account(SHORT, url, '    cache: 1s\n') +
      account(SCARCE, url, '    cache: 1s\n    max_refreshes_per_second: 0.01\n'),
  })
  await persist('the first match', async () => ((await match(somebody())).offers.length > 3 ? true : null))
}, 300_000)

afterAll(() => story.close(), 180_000)
beforeEach(() => {
  story.sandbox.dynata.force(null)
  story.sandbox.faults.clear()
})

interface Offer {
  offer_id: string
  survey_id: string
  provider_survey_id: string
  cpi: { amount_minor: number }
  why: string[]
}
interface Answer {
  offers: Offer[]
  partner_offers?: { offer_id: string; survey_id: string; headline: string }[]
  connections: { id: string; status: string; age_seconds: number | null; error?: string }[]
}

const somebody = (): string => `person-${people++}`

async function match(panelist: string, more: Record<string, unknown> = {}): Promise<Answer> {
  const { body } = await story.call('POST', '/v1/surveys/match', {
    panelist_id: panelist,
    country: 'USA',
    profile: { sex: 'female', postal_code: '94107' },
    date_of_birth: '1990-04-23',
    user_ip: '203.0.113.9',
    user_agent: BROWSER,
    connections: [CONNECTION],
    wait_ms: 5_000,
    limit: 50,
    ...more,
  })
  return body as unknown as Answer
}

const asked = () =>
  story.sandbox.journal.read({ kind: 'dynata.matched' }).length +
  story.sandbox.journal.read({ kind: 'dynata.refused' }).length

async function create(panelist: string, offerId: string) {
  const { status, body } = await story.call('POST', '/v1/sessions', { offer_id: offerId, panelist_id: panelist })
  return { status, id: String(body.session_id), entryUrl: String(body.entry_url), code: body.code, price: body.price }
}

async function enter(panelist: string, offer: { offer_id: string }) {
  const session = await create(panelist, offer.offer_id)
  expect(session.status).toBe(201)
  return { ...session, entry: (await story.call('GET', session.entryUrl)).location }
}

const read = async (id: string) => (await story.call('GET', `/v1/sessions/${id}`)).body
const until = (id: string, holds: (session: Record<string, unknown>) => boolean) =>
  persist(`session ${id}`, async () => {
    const session = await read(id)
    return holds(session) ? session : null
  })

function first<Item>(items: readonly Item[]): Item {
  const [item] = items
  if (item === undefined) throw new Error('nothing is offered')
  return item
}

/** A callback as the provider sends it. */
function callback(parameters: Record<string, string>): string {
  const { offerInvitationId = '77', transactionId = 'txn' } = parameters
  const all = new URLSearchParams({
    offerInvitationId,
    transactionId,
    ...parameters,
    oidHash: md5(`${offerInvitationId}${DEFAULT_PUBLISHER.offerSecret}`),
    txnHash: md5(`${transactionId}${DEFAULT_PUBLISHER.transactionSecret}`),
  })
  return `/postbacks/${CONNECTION}?${all}`
}

describe('Dynata, from the match to the money', () => {
  it('requests a match per panelist, registers a new one, and offers the surveys', async () => {
    const panelist = somebody()
    const { offers, connections } = await match(panelist)
    expect(connections).toEqual([{ id: CONNECTION, status: 'ok', age_seconds: 0 }])
    const heard = story.sandbox.journal.read({ kind: 'dynata.matched' }).at(-1)?.details
    expect(heard).toMatchObject({ user: panelist, ip: '203.0.113.9', agent: BROWSER })
    expect(story.sandbox.dynata.people.find(panelist)).toMatchObject({ country: 'US', sex: '2', postal: '94107' })
    const { inventory } = story.sandbox.dynata
    for (const { provider_survey_id: id, cpi, why } of offers) {
      const survey = inventory.find(id)
      expect(cpi.amount_minor).toBe(survey?.cpiCents)
      expect(why.some((line) => line.startsWith('low confidence'))).toBe(survey?.loi === 10 || survey?.ir === 20)
    }
    expect(inventory.surveys.some(({ cpiCents }) => cpiCents === null)).toBe(true)
  })

  it('answers from stored results, and requests again for other circumstances', async () => {
    const panelist = somebody()
    const { offers } = await match(panelist)
    const before = asked()
    expect((await match(panelist)).offers.map(({ survey_id }) => survey_id)).toEqual(offers.map((one) => one.survey_id))
    expect(asked()).toBe(before)
    await match(panelist, { user_ip: '203.0.113.10' })
    await match(panelist, { user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Mobile' })
    await match(somebody())
    expect(asked()).toBe(before + 3)
    // the data of the requests is deleted with their answers
    expect(await story.database.knex('panelist_refreshes').count({ count: '*' }).first()).toEqual({ count: '0' })
  })

  it('books a panelist’s link with our id at its end, and pays the complete once', async () => {
    const panelist = somebody()
    const offer = first((await match(panelist)).offers)
    const { id, entry, price } = await enter(panelist, offer)
    expect(entry).toMatch(new RegExp(`/direct_link/\\?user_id=${panelist}-4242-.*&sub_id=${id}$`))
    expect(price).toEqual({ amount_minor: offer.cpi.amount_minor, currency: 'USD' })
    const back = (await story.call('GET', `${entry}&auto=C`)).location
    expect((await story.call('GET', back)).status).toBe(302)
    const session = await until(id, ({ outcome }) => outcome === 'COMPLETED')
    expect(session).toMatchObject({ grade: 'E2', payable: true, provisional: false, needs_review: false })
    expect(await story.database.knex('session_inputs').where({ session_id: id })).toEqual([])
    const csv = await story.operator('/v1/finance/completes.csv')
    expect(csv.split('\n').filter((line) => line.startsWith(id))).toHaveLength(1)
    // not offered again to a panelist who did it
    expect((await match(panelist)).offers.map((one) => one.survey_id)).not.toContain(offer.survey_id)
  })

  it('waits for the callback after a browser’s complete', async () => {
    const panelist = somebody()
    const { id, entry } = await enter(panelist, first((await match(panelist)).offers))
    const back = (await story.call('GET', `${entry}&auto=C&delivery=redirect_only`)).location
    await story.call('GET', back)
    expect(await until(id, ({ outcome }) => outcome !== null)).toMatchObject({ provisional: true, payable: false })
    const one = story.sandbox.dynata.participations.get(id)
    if (!one) expect.unreachable()
    expect(await story.sandbox.dynata.participations.tell(one, 'C')).toBe(true)
    expect(await until(id, ({ payable }) => payable === true)).toMatchObject({ provisional: false, grade: 'E2' })
  })

  it('answers authentic callbacks with 1: repeats, contradictions, chargebacks', async () => {
    const panelist = somebody()
    const [one, two] = (await match(panelist)).offers
    if (!one || !two) expect.unreachable()
    const [session, other] = [await enter(panelist, one), await enter(panelist, two)]
    const say = (parameters: Record<string, string>) => story.call('GET', callback(parameters))
    const complete = { sub_id: session.id, status: 'C', amt: '1.00', transactionId: `t-${session.id}` }
    for (const said of [complete, complete, { ...complete, status: 'P' }]) {
      expect(await say(said)).toMatchObject({ status: 200, text: '1' })
    }
    expect(await until(session.id, ({ needs_review }) => needs_review === true)).toMatchObject({ payable: true })
    expect((await say({ ...complete, sub_id: other.id })).status).toBe(400)
    expect(await read(other.id)).toMatchObject({ outcome: null })
    expect(await say({ ...complete, amt: '-1.00' })).toMatchObject({ status: 200, text: '1' })
    expect(await until(session.id, ({ payable }) => payable === false)).toMatchObject({ outcome: 'REJECTED' })
    const csv = await story.operator('/v1/finance/completes.csv')
    expect(csv.split('\n').find((line) => line.startsWith(session.id))).toContain('REJECTED,E2,false,false,true')
  })

  it('refuses a callback with only one hash, and a POST', async () => {
    const panelist = somebody()
    const { id } = await enter(panelist, first((await match(panelist)).offers))
    const good = callback({ sub_id: id, status: 'C', transactionId: `t-${id}` })
    for (const bad of [
      good.replace(/oidHash=../, 'oidHash=zz'),
      good.replace(/txnHash=../, 'txnHash=zz'),
      good.replace(/&txnHash=[^&]*/, ''),
      good.replace('offerInvitationId=77', 'offerInvitationId=78'),
    ]) {
      const { status, text } = await story.call('GET', bad)
      expect(status).toBe(400)
      expect(text).not.toBe('1')
    }
    expect((await story.call('POST', good, {})).status).toBe(404)
    expect(await read(id)).toMatchObject({ outcome: null })
  })

  it('refuses another panelist’s offer, and one that is not in the newest answer', async () => {
    const panelist = somebody()
    const [offer, next] = (await match(panelist)).offers
    if (!offer || !next) expect.unreachable()
    expect((await create(somebody(), offer.offer_id)).status).toBe(404)
    const survey = story.sandbox.dynata.inventory.find(offer.provider_survey_id)
    if (!survey) expect.unreachable()
    survey.open = false
    await story.database.knex('panelist_matches').update({ refreshed_at: new Date(Date.now() - 120_000) })
    await match(panelist)
    expect(await create(panelist, offer.offer_id)).toMatchObject({ status: 409, code: 'offer_gone' })
    survey.open = true
    expect((await create(panelist, next.offer_id)).status).toBe(201)
  })

  it('shows partner offers only on request, separately, and books them too', async () => {
    const panelist = somebody()
    expect((await match(panelist)).partner_offers).toBeUndefined()
    const { offers, partner_offers: partner = [] } = await match(panelist, { partner_offers: true })
    expect(partner).toHaveLength(6)
    expect(offers.map((one) => one.survey_id)).not.toContain(first(partner).survey_id)
    expect((await create(panelist, first(partner).offer_id)).status).toBe(201)
  })
})

describe('Dynata, with faults', () => {
  const standing = async (panelist: string, more: Record<string, unknown> = {}) =>
    first((await match(panelist, more)).connections)

  it('sends no request without the panelist’s IP address', async () => {
    const before = asked()
    expect(await standing(somebody(), { user_ip: undefined })).toMatchObject({
      status: 'error',
      error: 'user_ip is needed',
    })
    expect(asked()).toBe(before)
  })

  it('is timeout without results, stale with old ones, and has the late answer next time', async () => {
    const panelist = somebody()
    const here = { connections: [SHORT], wait_ms: 300 }
    story.sandbox.faults.set('dynata.match', { latency_ms: 1_500 })
    const late = await match(panelist, here)
    expect(late).toMatchObject({ offers: [], connections: [{ id: SHORT, status: 'timeout', age_seconds: null }] })
    const found = await persist('the late answer', async () => {
      const answer = await match(panelist, { ...here, wait_ms: 0 })
      return answer.offers.length > 0 ? answer : null
    })
    expect(found.offers.length).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    const before = asked()
    const old = await match(panelist, here)
    expect(old.connections).toMatchObject([{ status: 'stale' }])
    expect(old.offers.length).toBeGreaterThan(0)
    await persist('the question that is still under way', async () => (asked() > before ? true : null))
  })

  it('keeps the account’s request limit', async () => {
    expect((await standing(somebody(), { connections: [SCARCE] })).status).toBe('ok')
    const before = asked()
    expect((await standing(somebody(), { connections: [SCARCE] })).status).toBe('timeout')
    expect(asked()).toBe(before)
  })

  it('handles each error code as documented', async () => {
    const answers: Record<number, unknown> = {
      11: { status: 'ok' },
      7: { status: 'error', error: expect.stringContaining('user_ip') },
      8: { status: 'error', error: expect.stringContaining('date_of_birth') },
      9: { status: 'error', error: expect.stringContaining('profile') },
      2: { status: 'error' },
      4: { status: 'error' },
      12: { status: 'error' },
    }
    for (const [code, answer] of Object.entries(answers)) {
      story.sandbox.dynata.force(Number(code))
      const before = asked()
      expect(await standing(somebody()), `code ${code}`).toMatchObject(answer as object)
      // only temporary errors are retried, within limits
      expect(asked() - before, `code ${code}`).toBe(code === '12' ? 3 : 1)
    }
    story.sandbox.dynata.force(1, 1)
    expect(await standing(somebody())).toMatchObject({ status: 'ok' })
  })

  it('sends no further request about a banned panelist', async () => {
    const panelist = somebody()
    const [offer] = (await match(panelist)).offers
    story.sandbox.dynata.people.ban(panelist, true)
    await match(panelist, { user_ip: '203.0.113.77' })
    story.sandbox.dynata.people.ban(panelist, false)
    const before = asked()
    const { offers, connections } = await match(panelist)
    expect(offers).toEqual([])
    expect(connections).toMatchObject([{ status: 'error', error: 'the provider has banned this panelist' }])
    expect(asked()).toBe(before)
    expect((await create(panelist, offer?.offer_id ?? '')).status).toBe(409)
    expect((await match(somebody())).offers.length).toBeGreaterThan(0)
  })

  it('is blocked by a wrong setting, and recovers by itself', async () => {
    const shown = async () => {
      const { connections } = JSON.parse(await story.operator('/v1/ops/connections')) as {
        connections: { id: string; state: string; reason: string | null; fail_streak: number }[]
      }
      return connections.find(({ id }) => id === CONNECTION)
    }
    story.sandbox.dynata.force(10)
    await match(somebody())
    expect(await shown()).toMatchObject({
      state: 'blocked',
      fail_streak: 1,
      reason: expect.stringContaining('code 10'),
    })
    story.sandbox.dynata.force(null)
    await match(somebody())
    expect(await shown()).toMatchObject({ state: 'healthy', fail_streak: 0, reason: null })
  })

  it('gets no request and is not offered while it is paused', async () => {
    const operator = { 'x-api-key': 'ok_story' }
    const path = `/v1/ops/connections/${CONNECTION}`
    expect((await story.call('POST', `${path}/pause`, undefined, operator)).status).toBe(202)
    await persist('the pause', async () => ((await standing(somebody())).status === 'paused' ? true : null))
    expect((await match(somebody())).offers).toEqual([])
    expect((await story.call('POST', `${path}/resume`, undefined, operator)).status).toBe(202)
    await persist('the end of it', async () => ((await match(somebody())).offers.length > 0 ? true : null))
  })

  it('breaks no invariant', async () => {
    expect(await checkInvariants(story.database.knex)).toEqual([])
  })
})
