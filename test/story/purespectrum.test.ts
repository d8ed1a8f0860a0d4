import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkInvariants } from '../../db/invariants/check.js'
import { persist, type Story, startStory } from '../support/story.js'

const CONNECTION = 'purespectrum-sandbox'
const PROFILE = { age: 34, sex: 'female' }

let story: Story
let people = 0

const hashed =
  '{ kind: hash, algorithm: sha1, parameter: ps_hash, secret: purespectrum-sandbox-secret, over: url_without_separator }'
const connection = (sandboxUrl: string) => `  - id: ${CONNECTION}
    provider: purespectrum
    base_url: "${sandboxUrl}/purespectrum"
    access_token: purespectrum-sandbox-token
    supplier_id: 49
    poll: 1s
    returns: { verify: ${hashed} }
    postbacks: { complete: { verify: ${hashed} }, reversal: { verify: ${hashed} } }
`

beforeAll(async () => {
  story = await startStory({ connections: connection })
  await persist('the surveys of PureSpectrum', async () => ((await match('first')).length > 10 ? true : null))
}, 300_000)

afterAll(() => story.close(), 180_000)

interface Offer {
  offer_id: string
  provider_survey_id: string
  why: string[]
}

async function match(panelist: string): Promise<Offer[]> {
  const { body } = await story.call('POST', '/v1/surveys/match', {
    panelist_id: panelist,
    country: 'USA',
    locale: 'en-US',
    profile: PROFILE,
    connections: [CONNECTION],
    limit: 200,
  })
  return (body.offers ?? []) as Offer[]
}

async function create(panelist: string, offer: Offer) {
  const { status, body } = await story.call('POST', '/v1/sessions', {
    offer_id: offer.offer_id,
    panelist_id: panelist,
    profile: PROFILE,
  })
  return { status, id: String(body.session_id), entryUrl: String(body.entry_url), code: body.code }
}

/** A person enters, and the survey ends with a code. @returns the address of the browser's return */
async function take(offer: Offer, panelist: string, code: number, delivery = 'callback_first') {
  const session = await create(panelist, offer)
  expect(session.status).toBe(201)
  const entry = (await story.call('GET', session.entryUrl)).location
  const { location: back } = await story.call('GET', `${entry}&auto=${code}&delivery=${delivery}`)
  return { ...session, entry, back }
}

const read = async (id: string) => (await story.call('GET', `/v1/sessions/${id}`)).body

const until = (id: string, holds: (session: Record<string, unknown>) => boolean) =>
  persist(`session ${id}`, async () => {
    const session = await read(id)
    return holds(session) ? session : null
  })

async function somebody(): Promise<{ panelist: string; offer: Offer }> {
  const panelist = `person-${people++}`
  // ungrouped, so that one test does not block another
  const offers = await match(panelist)
  const offer = offers.find(
    ({ provider_survey_id: id }) => !story.sandbox.purespectrum.surveys.get(id)?.survey_grouping,
  )
  if (!offer) throw new Error('nothing is offered')
  return { panelist, offer }
}

describe('PureSpectrum, from the match to the money', () => {
  it('sends a person in with the required fields, and books return and callback once', async () => {
    const { panelist, offer } = await somebody()
    const { id, entry, back } = await take(offer, panelist, 21)
    const parameters = new URL(entry).searchParams
    expect(Object.fromEntries(parameters)).toMatchObject({
      supplier_id: '49',
      survey_id: offer.provider_survey_id,
      ps_supplier_respondent_id: panelist,
      ps_supplier_sid: id,
      211: '112',
    })
    expect((await story.call('GET', back)).status).toBe(302)
    const session = await until(id, ({ outcome }) => outcome === 'COMPLETED')
    expect(session).toMatchObject({ payable: true, provisional: false, grade: 'E2', needs_review: false })
    expect(story.sandbox.journal.read({ kind: 'purespectrum.registered' }).length).toBeGreaterThan(0)
    const csv = await story.operator('/v1/finance/completes.csv')
    expect(csv.split('\n').filter((line) => line.startsWith(id))).toHaveLength(1)
  })

  it('reverses a complete once, and only while its status is the reversal’s old one', async () => {
    const { panelist, offer } = await somebody()
    const { id } = await take(offer, panelist, 21)
    await until(id, ({ outcome }) => outcome === 'COMPLETED')
    const visit = story.sandbox.purespectrum.sessions.get(id)
    if (!visit) expect.unreachable()
    expect(await story.sandbox.purespectrum.outcomes.reverse(visit, 13)).toBe(true)
    expect(await until(id, ({ outcome }) => outcome === 'TERMINATED')).toMatchObject({ payable: false })
    // the same reversal again with another status: the status that it reverses is not current any more
    visit.code = 21
    expect(await story.sandbox.purespectrum.outcomes.reverse(visit, 13)).toBe(true)
    expect(await read(id)).toMatchObject({ outcome: 'TERMINATED', payable: false, needs_review: false })
    visit.code = 20
    expect(await story.sandbox.purespectrum.outcomes.reverse(visit, 21)).toBe(true)
    expect(await until(id, ({ needs_review }) => needs_review === true)).toMatchObject({
      outcome: 'TERMINATED',
      payable: false,
    })
    const csv = await story.operator('/v1/finance/completes.csv')
    expect(csv.split('\n').find((line) => line.startsWith(id))).toContain('TERMINATED,E2,false,false,true')
  })

  it('lets a reversal make a complete of a termination', async () => {
    const { panelist, offer } = await somebody()
    const { id, back } = await take(offer, panelist, 13)
    await story.call('GET', back)
    await until(id, ({ outcome }) => outcome === 'TERMINATED')
    const visit = story.sandbox.purespectrum.sessions.get(id)
    if (!visit) expect.unreachable()
    expect(await story.sandbox.purespectrum.outcomes.reverse(visit, 21)).toBe(true)
    expect(await until(id, ({ outcome }) => outcome === 'COMPLETED')).toMatchObject({ payable: true })
  })

  it('stores a reversal that comes before any outcome, and ends nothing', async () => {
    const { panelist, offer } = await somebody()
    const session = await create(panelist, offer)
    const entry = (await story.call('GET', session.entryUrl)).location
    await story.call('GET', entry)
    const visit = story.sandbox.purespectrum.sessions.get(session.id)
    if (!visit) expect.unreachable()
    visit.code = 20
    expect(await story.sandbox.purespectrum.outcomes.reverse(visit, 21)).toBe(true)
    expect(await read(session.id)).toMatchObject({ state: 'entered', outcome: null, needs_review: true })
  })

  it('refuses an edited return, a reversal by POST and a complete by GET', async () => {
    const { panelist, offer } = await somebody()
    const { id, back } = await take(offer, panelist, 13, 'redirect_only')
    expect((await story.call('GET', back.replace('ps_rstatus=13', 'ps_rstatus=21'))).status).toBe(400)
    expect((await story.call('GET', `/postbacks/${CONNECTION}/complete?transactionId=${id}`)).status).toBe(404)
    expect((await story.call('POST', `/postbacks/${CONNECTION}/reversal?supSid=${id}`)).status).toBe(404)
    expect((await story.call('GET', `/postbacks/${CONNECTION}/reversal?supSid=${id}&ps_rstatus=13`)).status).toBe(400)
    expect(await read(id)).toMatchObject({ outcome: null })
    expect((await story.call('GET', back)).status).toBe(302)
    expect(await until(id, ({ outcome }) => outcome !== null)).toMatchObject({ outcome: 'TERMINATED' })
  })

  it('neither offers nor books the rest of a group to a panelist who did one of it', async () => {
    const panelist = `person-${people++}`
    const offers = await match(panelist)
    const offered = new Map(offers.map((offer) => [offer.provider_survey_id, offer]))
    const first = offers.find(({ provider_survey_id: id }) => offered.has(mateOf(id)))
    const second = first && offered.get(mateOf(first.provider_survey_id))
    if (!first || !second) expect.unreachable('the sandbox has grouped surveys')
    const { id } = await take(first, panelist, 21)
    await until(id, ({ outcome }) => outcome === 'COMPLETED')
    expect((await match(panelist)).map((offer) => offer.provider_survey_id)).not.toContain(second.provider_survey_id)
    expect(await create(panelist, second)).toMatchObject({ status: 409, code: 'offer_gone' })
    expect((await match(`person-${people++}`)).map((offer) => offer.provider_survey_id)).toContain(
      second.provider_survey_id,
    )
  })

  it('reads only modified surveys of a list, and withdraws those that left it', async () => {
    const { surveys } = story.sandbox.purespectrum
    const panelist = `person-${people++}`
    const [one, two] = await match(panelist)
    if (!one || !two) expect.unreachable()
    // earlier polls read the surveys that earlier completes modified
    const lists = () => story.sandbox.journal.read({ kind: 'purespectrum.listed' }).length
    const quiet = lists() + 2
    await persist('two polls', async () => (lists() >= quiet ? true : null))
    const before = story.sandbox.journal.read({ kind: 'purespectrum.survey_read' }).length
    surveys.change(one.provider_survey_id, { cpi: 9.99 })
    surveys.change(two.provider_survey_id, { survey_status: 44 })
    await persist('the change', async () => {
      const offers = await match(panelist)
      const changed = offers.find((offer) => offer.provider_survey_id === one.provider_survey_id)
      const gone = !offers.some((offer) => offer.provider_survey_id === two.provider_survey_id)
      return gone && changed?.why[0]?.includes('9.99') ? true : null
    })
    const after = story.sandbox.journal.read({ kind: 'purespectrum.survey_read' }).slice(before)
    expect(after.map(({ details }) => details.survey)).toEqual([one.provider_survey_id])
  })

  it('breaks no invariant', async () => {
    expect(await checkInvariants(story.database.knex)).toEqual([])
  })
})

function mateOf(id: string): string {
  return String(story.sandbox.purespectrum.surveys.get(id)?.survey_grouping?.survey_ids[0] ?? '')
}
