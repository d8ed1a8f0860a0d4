import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../../sandbox/server.js'
import { Survey } from '../../sandbox/toluna/wire.js'

const GUID = '10B1BF48-F141-41CD-850F-4DE5A8BA44EB'
let sandbox: Sandbox
let url: string

beforeEach(async () => {
  sandbox = createSandbox({ apiUrl: 'http://127.0.0.1:1', toluna: { surveys: 40, retryDelays: [60_000] } })
  url = (await sandbox.listen(0)).url
})
afterEach(() => sandbox.close())

const get = async (path: string, key = 'toluna-sandbox-key') => {
  const answer = await fetch(`${url}/toluna/IPExternalSamplingService/ExternalSample/${path}`, {
    headers: { API_AUTH_KEY: key },
    redirect: 'manual',
  })
  const text = await answer.text()
  return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text }
}
const register = (member: string) =>
  fetch(`${url}/toluna/IntegratedPanelService/api/Respondent`, {
    method: 'POST',
    headers: { API_AUTH_KEY: 'toluna-sandbox-key', 'content-type': 'application/json' },
    body: JSON.stringify({ PartnerGUID: GUID, MemberCode: member }),
  })
const list = async (): Promise<Survey[]> => (await get(`${GUID}/Quotas`)).body.Surveys
const openSurvey = async (): Promise<Survey> => {
  const found = (await list()).find((survey) => !survey.IsSurveyRecontact)
  if (!found) throw new Error('no survey')
  return found
}

describe('the simulated External Sample', () => {
  test('lists surveys in the document’s shape, with a stamp without a zone', async () => {
    const { status, body } = await get(`${GUID}/Quotas?includeRoutables:TRUE`)
    expect(status).toBe(200)
    expect(body.CacheExpires).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/)
    for (const survey of body.Surveys) expect(Survey.safeParse(survey).success).toBe(true)
    expect(body.Surveys.some((survey: Survey) => survey.IsSurveyRecontact)).toBe(true)
  })

  test('works with and without the path prefix', async () => {
    const answer = await fetch(`${url}/toluna/ExternalSample/${GUID}/Quotas`, {
      headers: { API_AUTH_KEY: 'toluna-sandbox-key' },
    })
    expect(answer.status).toBe(200)
  })

  test('keeps its list until the cache expires', async () => {
    const before = await list()
    sandbox.toluna.inventories.get(GUID.toLowerCase())?.tick()
    expect(await list()).toEqual(before)
  })

  test('refuses a bad key with 403, an unknown panel with code 3, an unknown quota with code 10', async () => {
    expect((await get(`${GUID}/Quotas`, 'wrong')).status).toBe(403)
    expect(await get('invalid-panel-guid/Quotas')).toEqual({
      status: 400,
      body: { Result: 'PANEL_DOES_NOT_EXIST', ResultCode: 3 },
    })
    expect(await get(`${GUID}/QuotaStatus/1`)).toMatchObject({ status: 400, body: { ResultCode: 10 } })
  })

  test('invites registered members only, to one quota of a survey, once', async () => {
    const survey = await openSurvey()
    const [quota, other] = survey.Quotas
    const invite = (member: string, id = quota?.QuotaID) => get(`${GUID}/${member}/Invite/${id}`)
    expect(await invite('ann')).toMatchObject({ status: 400, body: { ResultCode: 12 } })
    expect((await register('ann')).status).toBe(201)
    expect((await register('ann')).status).toBe(409)
    const { body } = await invite('ann')
    expect(body).toMatchObject({
      SurveyID: survey.SurveyID,
      WaveID: survey.WaveID,
      QuotaID: quota?.QuotaID,
      PartnerAmount: survey.Price.Amount,
    })
    if (other) expect(await invite('ann', other.QuotaID)).toMatchObject({ body: { ResultCode: 21 } })
    await fetch(`${body.URL}&auto=NotQualified&delivery=redirect_only`, { redirect: 'manual' })
    expect(await invite('ann')).toMatchObject({ status: 400, body: { ResultCode: 38 } })
  })

  test('a closed quota answers QuotaStatus and Invite with code 9', async () => {
    const quota = (await openSurvey()).Quotas[0]?.QuotaID ?? 0
    sandbox.toluna.inventories.get(GUID.toLowerCase())?.setLive(quota, false)
    await register('ann')
    expect(await get(`${GUID}/QuotaStatus/${quota}`)).toMatchObject({ status: 400, body: { ResultCode: 9 } })
    expect(await get(`${GUID}/ann/Invite/${quota}`)).toMatchObject({ status: 400, body: { ResultCode: 9 } })
  })

  test('pages recontact members in order, after the last one received', async () => {
    const quota = (await list()).find((survey) => survey.IsSurveyRecontact)?.Quotas[0]?.QuotaID ?? 0
    sandbox.toluna.members.name(quota, ['b', 'a', 'd', 'c', 'é & ü'])
    const page = (query: string) => get(`${GUID}/Recontact/${quota}/MemberCodes?${query}`)
    expect((await page('maxResults=2')).body).toEqual({
      MaxResults: 2,
      HasAdditionalMembers: true,
      MemberCodes: ['a', 'b'],
    })
    expect((await page('maxResults=5&lastMemberCodeReceived=b')).body).toEqual({
      MaxResults: 3,
      HasAdditionalMembers: false,
      MemberCodes: ['c', 'd', 'é & ü'],
    })
    const plain = (await openSurvey()).Quotas[0]?.QuotaID
    expect(await get(`${GUID}/Recontact/${plain}/MemberCodes`)).toMatchObject({ body: { ResultCode: 6 } })
  })

  test('signs a complete’s whole address with the & before the signature, and no screen-out', async () => {
    const survey = await openSurvey()
    const take = async (member: string, ending: string) => {
      await register(member)
      const { body } = await get(`${GUID}/${member}/Invite/${survey.Quotas[0]?.QuotaID}`)
      const answer = await fetch(`${body.URL}&auto=${ending}&delivery=redirect_only`, { redirect: 'manual' })
      return answer.headers.get('location') ?? ''
    }
    const complete = await take('ann', 'Qualified')
    const [signed = '', signature] = complete.split('encValue=')
    expect(signed.endsWith('&')).toBe(true)
    expect(signature).toBe(createHmac('sha256', 'toluna-sandbox-secret').update(signed).digest('hex'))
    expect(await take('bob', 'NotQualified')).not.toContain('encValue')
  })

  test('matches the vector that Toluna publishes', () => {
    const address = 'https://partnerA.com?status=qualified&mc=mymember&'
    expect(createHmac('sha256', 'supersecret').update(address).digest('hex')).toBe(
      'f0c397932b98251aca505db3bb2c364711f18237f5202017d24b97ec522a373e',
    )
  })

  test('a survey ends once: another ending is a conflict', async () => {
    await register('ann')
    const { body } = await get(`${GUID}/ann/Invite/${(await openSurvey()).Quotas[0]?.QuotaID}`)
    const end = async (ending: string) =>
      (await fetch(`${body.URL}&auto=${ending}&delivery=redirect_only`, { redirect: 'manual' })).status
    expect([await end('Qualified'), await end('Qualified'), await end('Terminated')]).toEqual([303, 303, 409])
  })
})
