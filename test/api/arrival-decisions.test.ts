import { decodeJwt } from 'jose'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../api/app.js'
import { applyClaims } from '../../commands/sessions/apply-claims.js'
import { checkInvariants } from '../../db/invariants/check.js'
import { readPanelistStanding } from '../../db/read-models/panelist-standing.js'
import { surveyIdOf } from '../../db/survey-id.js'
import {
  ARRIVALS_KEYS,
  type ArrivalsApi,
  memberStatus,
  pureSpectrumReturn,
  QUIET,
  startArrivalsApi,
  tolunaReturn,
} from '../support/arrivals-api.js'

/** Asserts nothing about how soon a worker acts: no worker runs here. */
const WORKERS = new Set(['I6b', 'I13', 'I15'])

let api: ArrivalsApi
beforeAll(async () => {
  api = await startArrivalsApi()
})
afterAll(async () => {
  const broken = await checkInvariants(api.database.knex)
  const found = broken.map(({ invariant, rows }) => ({ id: invariant.id, rows }))
  expect(found.filter(({ id }) => !WORKERS.has(id))).toEqual([])
  await api.close()
})

const stateOf = async (id: string) =>
  (await request(api.app).get(`/v1/sessions/${id}`).set('x-api-key', ARRIVALS_KEYS.panel)).body
const claims = (id: string) => api.database.knex('outcome_claims').where({ session_id: id }).orderBy('sequence')
/** Does what the worker does with the stored claims. */
const apply = (id: string) => applyClaims(api.database.knex, id, () => true, new Date(), new Date(Date.now() + 60_000))
const booked = async (id: string): Promise<number> =>
  (await api.database.knex('ledger_transactions').where({ session_id: id })).length
const homeOf = (location: string | undefined) => {
  const url = new URL(location ?? '')
  return { at: url.origin + url.pathname, token: decodeJwt(url.searchParams.get('token') ?? '') }
}

describe('a status that is not final', () => {
  test('redirects home with the current state, and the real complete after it is paid', async () => {
    const { id } = await api.inside({ connection: 'purespectrum' })
    const reload = pureSpectrumReturn(`ps_rstatus=26&ps_supplier_sid=${id}`)
    for (let again = 0; again < 5; again++) {
      const { status, headers } = await api.get(reload)
      expect(status).toBe(302)
      expect(homeOf(headers.location)).toMatchObject({
        at: 'https://lifepoints.example/done',
        token: { session_id: id, outcome: null, grade: null, payable: false, provisional: false },
      })
    }
    expect(await stateOf(id)).toMatchObject({ state: 'entered', outcome: null, needs_review: false })
    expect(await claims(id)).toEqual([])
    const events = (await stateOf(id)).events as { type: string }[]
    expect(events.filter(({ type }) => type === 'pending')).toEqual([
      { type: 'pending', at: expect.any(String), source: 'return', word: '26' },
    ])

    const { headers } = await api.get(pureSpectrumReturn(`ps_rstatus=21&ps_supplier_sid=${id}`))
    expect(homeOf(headers.location)).toMatchObject({ at: 'https://lifepoints.example/thanks' })
    await apply(id)
    expect(await stateOf(id)).toMatchObject({ outcome: 'COMPLETED', payable: true, needs_review: false })
    expect(await booked(id)).toBe(1)
    // the postback names its issuer, as the browser's token does
    const [told] = await api.database.knex('postbacks').where({ session_id: id })
    const { token } = homeOf(headers.location)
    expect(told.payload.data).toMatchObject({ iss: 'https://tributary.example', aud: 'lifepoints', sequence: 1 })
    const { iat, exp, jti, ...claimed } = token
    expect({ iat, exp, jti }).toEqual({ iat: expect.any(Number), exp: expect.any(Number), jti: expect.any(String) })
    expect(told.payload.data).toEqual({ ...claimed, sequence: 1 })
    // a reload after the end is redirected home with the outcome
    expect(homeOf((await api.get(reload)).headers.location)).toMatchObject({ token: { outcome: 'COMPLETED' } })
  })

  test('works without a signature where the configuration accepts unsigned arrivals', async () => {
    const { id } = await api.inside({ connection: 'purespectrum' })
    const { status, headers } = await api.get(`/returns/purespectrum?ps_rstatus=26&ps_supplier_sid=${id}`)
    expect([status, homeOf(headers.location).token.outcome]).toEqual([302, null])
    expect((await stateOf(id)).state).toBe('entered')
  })

  test('an unknown word without a signature redirects home and stores no claim', async () => {
    const { id } = await api.inside({ connection: 'purespectrum' })
    const { status, headers } = await api.get(`/returns/purespectrum?ps_rstatus=999&ps_supplier_sid=${id}`)
    expect([status, homeOf(headers.location).token.outcome]).toEqual([302, null])
    expect(await claims(id)).toEqual([])
  })
})

describe('an unsigned redirect', () => {
  test('does not void the signed complete that follows', async () => {
    const { id } = await api.inside({ connection: 'purespectrum' })
    const { status, headers } = await api.get(`/returns/purespectrum?ps_rstatus=30&ps_supplier_sid=${id}`)
    expect([status, homeOf(headers.location).token.grade]).toEqual([302, 'E0'])
    await apply(id)
    await api.get(pureSpectrumReturn(`ps_rstatus=21&ps_supplier_sid=${id}`))
    await apply(id)
    expect(await stateOf(id)).toMatchObject({ outcome: 'COMPLETED', payable: true, grade: 'E1', needs_review: false })
    expect(await booked(id)).toBe(1)
  })
})

describe('an unknown outcome word', () => {
  test('is counted once per arrival by connection and word, and is in /metrics', async () => {
    const { id } = await api.inside({ connection: 'purespectrum' })
    const unknown = pureSpectrumReturn(`ps_rstatus=997&ps_supplier_sid=${id}`)
    for (let again = 0; again < 3; again++) await api.get(unknown)
    await api.get(pureSpectrumReturn(`ps_rstatus=${'x'.repeat(65)}&ps_supplier_sid=${id}`))
    expect(await stateOf(id)).toMatchObject({ outcome: 'ERROR', needs_review: true })
    const { text } = await request(createApp(api.deps)).get('/metrics')
    expect(text).toContain('tributary_unknown_outcome_words{connection="purespectrum",word="997"} 1')
    expect(text).toContain('tributary_unknown_outcome_words{connection="purespectrum",word="(long)"} 1')
    await apply(id)
  })
})

describe('one proof, one session', () => {
  test('a token id that was used for another session decides nothing and sets needs_review', async () => {
    const [first, second] = [await api.inside(), await api.inside()]
    const token = (theirs: string) => api.sign({ session_id: theirs, outcome: 'COMPLETED', jti: 'once' })
    expect((await api.post('/postbacks/kantar-us', { jws: await token(first.theirs) })).status).toBe(200)
    expect((await api.post('/postbacks/kantar-us', { jws: await token(second.theirs) })).status).toBe(200)
    const { status, headers } = await api.get(`/returns/kantar-us?jws=${await token(second.theirs)}`)
    expect([status, homeOf(headers.location).token.outcome]).toEqual([302, null])
    for (const { id } of [first, second]) await apply(id)
    expect(await stateOf(first.id)).toMatchObject({ outcome: 'COMPLETED', payable: true, needs_review: false })
    expect(await stateOf(second.id)).toMatchObject({ state: 'entered', outcome: null, needs_review: true })
    expect([await booked(first.id), await booked(second.id)]).toEqual([1, 0])
    expect((await claims(second.id)).map(({ effect, flags }) => [effect, flags])).toEqual([
      ['review', ['borrowed_proof']],
      ['review', ['borrowed_proof']],
    ])
    // the session's own proof still counts
    await api.post('/postbacks/kantar-us', {
      jws: await api.sign({ session_id: second.theirs, outcome: 'COMPLETED', jti: 'its own' }),
    })
    await apply(second.id)
    expect(await stateOf(second.id)).toMatchObject({ outcome: 'COMPLETED', payable: true })
  })

  test('eight sessions with one token id at the same time: one is paid', async () => {
    const sessions = []
    for (let count = 0; count < 8; count++) sessions.push(await api.inside())
    const tokens = await Promise.all(
      sessions.map(({ theirs }) => api.sign({ session_id: theirs, outcome: 'COMPLETED', jti: 'crowd' })),
    )
    const answers = await Promise.all(tokens.map((jws) => api.post('/postbacks/kantar-us', { jws })))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const payable = await api.database
      .knex('sessions')
      .whereIn(
        'session_id',
        sessions.map(({ id }) => id),
      )
      .where({ payable: true })
    expect(payable).toHaveLength(1)
    for (const { id } of sessions) await apply(id)
  })

  test('a token that names two sessions is 400', async () => {
    const [mine, other] = [await api.inside(), await api.inside()]
    const jws = await api.sign({
      session_id: other.theirs,
      outcome: 'COMPLETED',
      metadata: { custom_panel_data: { internal_id: mine.id } },
    })
    expect((await api.post('/postbacks/kantar-us', { jws })).status).toBe(400)
    expect((await api.get(`/returns/kantar-us?jws=${jws}`)).status).toBe(400)
    for (const { id } of [mine, other]) expect(await stateOf(id)).toMatchObject({ state: 'entered', outcome: null })
  })
})

describe('a member that Toluna routed to another survey', () => {
  const routed = (member: string, more: object = {}) =>
    memberStatus({
      UniqueCode: member,
      SurveyID: 900,
      WaveId: 1,
      Revenue: 100,
      IsAutoRouted: true,
      OriginalSurveyID: 500,
      ...more,
    })
  const tolunaSession = (providerSurveyId: string, given: { providerPanelistId?: string; panelistId?: string } = {}) =>
    api.inside({ connection: 'toluna-us', providerSurveyId, ...given })

  test('completes the session of the original survey, and is offered neither survey again', async () => {
    const { id, member } = await tolunaSession('500:7')
    expect((await api.post('/postbacks/toluna-us/member-status', routed(member))).status).toBe(200)
    await apply(id)
    const session = await stateOf(id)
    expect(session).toMatchObject({ outcome: 'COMPLETED', payable: true, provider_survey_id: '500:7' })
    expect(session.events).toContainEqual(
      expect.objectContaining({ type: 'sent_on', provider_survey_id: '900:1', outcome: 'COMPLETED' }),
    )
    expect((await claims(id))[0].flags).toContain('sent_on')
    const { taken, past } = await readPanelistStanding(
      api.database.knex,
      'lifepoints',
      session.panelist_id,
      new Date(),
      [{ connection: 'toluna-us', memberCode: member }],
    )
    expect(taken).toEqual(expect.arrayContaining([surveyIdOf('toluna-us', '500:7'), surveyIdOf('toluna-us', '900:1')]))
    expect(past.map(({ providerSurveyId, outcome }) => [providerSurveyId, outcome])).toEqual([
      ['500:7', 'COMPLETED'],
      ['900:1', 'COMPLETED'],
    ])
    // the browser returns from the survey that it was routed to
    const { status, headers } = await api.get(
      tolunaReturn(`status=Qualified&MemberCode=${member}&SurveyID=900&WaveID=1`),
    )
    expect([status, homeOf(headers.location).token.outcome]).toEqual([302, 'COMPLETED'])
    // a repeat of the notification changes nothing
    await api.post('/postbacks/toluna-us/member-status', routed(member))
    await apply(id)
    expect(await booked(id)).toBe(1)
  })

  test('is redirected home when the browser precedes the notification, and no claim is stored', async () => {
    const { id, member } = await tolunaSession('501:7')
    const { status, headers } = await api.get(
      tolunaReturn(`status=Qualified&MemberCode=${member}&SurveyID=901&WaveID=1`),
    )
    expect([status, homeOf(headers.location).token.outcome]).toEqual([302, null])
    expect(await claims(id)).toEqual([])
    await api.post('/postbacks/toluna-us/member-status', routed(member, { SurveyID: 901, OriginalSurveyID: '501' }))
    expect(await stateOf(id)).toMatchObject({ outcome: 'COMPLETED' })
    await apply(id)
  })

  test('with two sessions under way is 404 when the browser returns from a third survey', async () => {
    const { member } = await tolunaSession('502:7')
    await tolunaSession('503:7', { providerPanelistId: member })
    const answer = await api.get(tolunaReturn(`status=Qualified&MemberCode=${member}&SurveyID=902&WaveID=1`))
    expect(answer.status).toBe(404)
  })

  test('is paid one of two sessions by one signature that covers neither', async () => {
    const { id: invited, member } = await tolunaSession('504:7')
    const { id: other } = await tolunaSession('505:7', { providerPanelistId: member })
    const { verify } = api.deps.verifiers
    const verifiers = {
      verify: async (...given: Parameters<typeof verify>) => ({ ...(await verify(...given)), proof: 'sig' }),
    }
    const app = createApp({ ...api.deps, verifiers, sessions: QUIET })
    for (const original of [504, 505])
      await request(app)
        .post('/postbacks/toluna-us/member-status')
        .send(routed(member, { SurveyID: 903, OriginalSurveyID: original }))
    for (const id of [invited, other]) await apply(id)
    expect([await booked(invited), await booked(other)]).toEqual([1, 0])
    expect(await stateOf(other)).toMatchObject({ state: 'entered', needs_review: true })
  })

  test('is kept as unplaced when no session has the survey; a stranger’s arrival is not', async () => {
    const { member } = await tolunaSession('506:7')
    const news = memberStatus({ UniqueCode: member, SurveyID: 777, WaveId: 1, Revenue: 100 })
    for (let again = 0; again < 2; again++)
      expect((await api.post('/postbacks/toluna-us/member-status', news)).status).toBe(200)
    const stranger = memberStatus({ UniqueCode: 'not-ours', SurveyID: 777, WaveId: 1, Revenue: 100 })
    expect((await api.post('/postbacks/toluna-us/member-status', stranger)).status).toBe(200)
    const kept = await api.database.knex('unplaced_arrivals').where({ provider_survey_id: '777:1' })
    expect(kept).toEqual([expect.objectContaining({ member_code: member, arrivals: '2', connection: 'toluna-us' })])
    expect(JSON.parse(kept[0].raw)).toMatchObject({ UniqueCode: member, Revenue: 100 })
    const metrics = await request(createApp(api.deps)).get('/metrics')
    expect(metrics.text).toContain('tributary_unplaced_arrivals{connection="toluna-us"} 2')
  })
})
