import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { persist, type Story, startStory } from '../support/story.js'

const GUID = { us: '10B1BF48-F141-41CD-850F-4DE5A8BA44EB', gb: '5F2C7A10-3E0B-4D5C-9A77-0C2B7A8E61D4' }

const connection = (sandbox: string, id: string, guid: string, country: string, locale: string) => `
  - id: ${id}
    provider: toluna
    base_url: "${sandbox}/toluna/IPExternalSamplingService"
    api_auth_key: "toluna-sandbox-key"
    panel_guid: "${guid}"
    market: { country: ${country}, locale: ${locale} }
    currencies: { 1: USD, 2: GBP }
    min_poll: 1s
    registration_url: "${sandbox}/toluna/IntegratedPanelService/api/Respondent"
    returns: { verify: { kind: hmac, parameter: encValue, algorithm: sha256, secret: "toluna-sandbox-secret", over: url } }
    postbacks:
      member_status: { verify: { kind: hmac, location: body, parameter: EncryptedValue, algorithm: sha256, secret: "toluna-sandbox-secret", over: [SurveyId, WaveId, UniqueCode] } }
      quota_status: { verify: { kind: header, parameter: x-notify-key, secret: "toluna-sandbox-notify-key" } }
`

let story: Story
beforeAll(async () => {
  story = await startStory({
    connections: (sandbox) =>
      connection(sandbox, 'toluna-sandbox', GUID.us, 'USA', 'en-US') +
      connection(sandbox, 'toluna-sandbox-gb', GUID.gb, 'GBR', 'en-GB'),
  })
}, 300_000)
afterAll(() => story?.close(), 180_000)

interface Offer {
  offer_id: string
  provider_survey_id: string
  provider_quota_id: string
  cpi: { amount_minor: number; currency: string }
}
const profile = { age: 34, sex: 'female' }

const match = async (panelistId: string, country = 'USA'): Promise<Offer[]> => {
  const { body } = await story.call('POST', '/v1/surveys/match', {
    panelist_id: panelistId,
    country,
    profile,
    limit: 100,
    connections: ['toluna-sandbox', 'toluna-sandbox-gb'],
  })
  return (body.offers ?? []) as Offer[]
}
const offersFor = (panelistId: string, country?: string) =>
  persist('offers', async () => {
    const offers = await match(panelistId, country)
    return offers.length > 0 ? offers : null
  })

/** From a match to the survey's page. */
async function enter(panelistId: string, country?: string) {
  const [offer] = await offersFor(panelistId, country)
  const created = await story.call('POST', '/v1/sessions', {
    offer_id: offer?.offer_id,
    panelist_id: panelistId,
    profile,
  })
  expect(created.status, created.text).toBe(201)
  const session = created.body as { session_id: string; entry_url: string; price: unknown }
  const { location } = await story.call('GET', session.entry_url)
  return { offer, session, survey: location }
}
const read = async (sessionId: string) => (await story.call('GET', `/v1/sessions/${sessionId}`)).body

describe('a survey of Toluna’s', () => {
  test('is registered, invited, completed, reported twice and paid once', async () => {
    const { offer, session, survey } = await enter('ann')
    expect(session.price).toEqual(offer?.cpi)
    expect(await read(session.session_id)).toMatchObject({ provider_survey_id: offer?.provider_survey_id })
    await story.call('GET', survey)
    const back = await story.call('GET', `${survey}&auto=Qualified&delivery=both_twice`)
    const home = await story.call('GET', back.location)
    expect(home).toMatchObject({ status: 302 })
    const told = await persist('postback', async () => {
      const mine = story.told.filter(({ sessionId }) => sessionId === session.session_id)
      return mine.length > 0 ? mine : null
    })
    expect(told.map(({ outcome }) => outcome)).toEqual(['COMPLETED'])
    expect(await read(session.session_id)).toMatchObject({ outcome: 'COMPLETED', payable: true, provisional: false })
    const csv = await story.operator(
      '/v1/finance/completes.csv?from=2020-01-01&to=2099-01-01&connection=toluna-sandbox',
    )
    expect(csv.split('\n').filter((line) => line.includes(session.session_id))).toHaveLength(1)
    expect(await match('ann')).not.toContainEqual(
      expect.objectContaining({ provider_survey_id: offer?.provider_survey_id }),
    )
  })

  test('a forged complete changes nothing, an unsigned terminate is redirected home', async () => {
    const { session, survey } = await enter('bob')
    await story.call('GET', survey)
    const invite = story.sandbox.toluna.members.all().find(({ member }) => member === 'bob')
    const query = `MemberCode=bob&SurveyID=${invite?.surveyId}&WaveID=${invite?.waveId}`
    const complete = await story.call('GET', `/returns/toluna-sandbox?status=Qualified&${query}`)
    const forged = await story.call(
      'GET',
      `/returns/toluna-sandbox?status=Qualified&${query}&encValue=${'0'.repeat(64)}`,
    )
    expect([complete.status, forged.status]).toEqual([400, 400])
    expect(await read(session.session_id)).toMatchObject({ state: 'entered', outcome: null })
    const home = await story.call('GET', `/returns/toluna-sandbox?status=quotafull&${query}`)
    expect(home.status).toBe(302)
    expect(await read(session.session_id)).toMatchObject({ outcome: 'QUOTA_FULL', grade: 'E0', payable: false })
  })

  test('a notification for the other culture’s connection is applied; a stranger’s is not', async () => {
    const { session, survey } = await enter('priya', 'GBR')
    await story.call('GET', survey)
    const invite = story.sandbox.toluna.members.all().find(({ member }) => member === 'priya')
    const post = (member: string, revenue: number) =>
      story.call('POST', '/postbacks/toluna-sandbox/member-status', {
        UniqueCode: member,
        SurveyId: invite?.surveyId,
        WaveId: invite?.waveId,
        Revenue: revenue,
        EncryptedValue: createHmac('sha256', 'toluna-sandbox-secret')
          .update(`${invite?.surveyId}${invite?.waveId}${member}`)
          .digest('hex'),
      })
    expect((await post('nobody-of-ours', 100)).status).toBe(200)
    expect((await post('priya', 1)).status).toBe(200)
    expect(await read(session.session_id)).toMatchObject({ outcome: 'COMPLETED', grade: 'E2', payable: true })
    // the notification's amount differs from the locked price: flagged, never booked
    const { rows } = (await story.database.knex.raw('select flags from outcome_claims where session_id = ?', [
      session.session_id,
    ])) as { rows: { flags: string[] }[] }
    expect(rows[0]?.flags).toContain('amount_differs')
  })

  test('a pushed quota is confirmed and leaves the offer; a push without the key is refused', async () => {
    const [offer] = await offersFor('carl')
    const quota = offer?.provider_quota_id ?? ''
    const [survey, wave] = (offer?.provider_survey_id ?? '').split(':')
    const body = { QuotaID: Number(quota), SurveyID: Number(survey), WaveID: Number(wave), IsLive: false }
    const push = (headers: Record<string, string>) =>
      story.call(
        'POST',
        '/postbacks/toluna-sandbox-gb/quota-status',
        { ...body, UpdateDateTimeUTC: '2026-11-20T10:00:00' },
        headers,
      )
    expect((await push({})).status).toBe(400)
    // a correct push, to the other connection's address
    story.sandbox.toluna.inventories.get(GUID.us.toLowerCase())?.setLive(Number(quota), false)
    expect((await push({ 'x-notify-key': 'toluna-sandbox-notify-key' })).status).toBe(200)
    await persist('the quota to leave the offer', async () => {
      const offers = await match('carl')
      return offers.some((one) => one.provider_quota_id === quota) ? null : true
    })
  })

  test('a recontact survey is offered only to the members it names', async () => {
    const recontact = story.sandbox.toluna.inventories
      .get(GUID.us.toLowerCase())
      ?.all()
      .filter((survey) => survey.IsSurveyRecontact)
      .map((survey) => `${survey.SurveyID}:${survey.WaveID}`)
    const named = await persist('an invitation', async () => {
      const offers = await match('demo-ana')
      const found = offers.filter((offer) => recontact?.includes(offer.provider_survey_id))
      return found.length > 0 ? found : null
    })
    expect(named.length).toBeGreaterThan(0)
    const others = await match('nobody-they-know')
    expect(others.filter((offer) => recontact?.includes(offer.provider_survey_id))).toEqual([])
  })
})
