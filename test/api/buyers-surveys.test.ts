import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type BuyersApi,
  buyer,
  manager,
  type SurveyBody,
  seed002,
  startBuyersApi,
  TEMPLATE_15,
} from './buyers-support.js'

let api: BuyersApi
beforeAll(async () => {
  api = await startBuyersApi()
  const { qualifications, quotas, ...settings } = seed002('answer-template-5')
  await buyer(api).putTemplate(5, { survey: { ...settings, qualifications, quotas } })
  await buyer(api).putTemplate(15, { survey: TEMPLATE_15 })
  await buyer(api).putTemplate(16, { visibility: 'shared', shared_with: [146], survey: TEMPLATE_15 })
  await manager(api, 'operator').putTemplate(17, { visibility: 'default', survey: TEMPLATE_15 })
  await buyer(api, 'rival').putTemplate(100, { survey: TEMPLATE_15 })
})
afterAll(() => api.close())

/** The seed's answers without what differs every time. */
function comparable(body: SurveyBody) {
  return {
    ...body,
    ps_survey_id: 0,
    project_creation_date: '',
    test_ps_survey_entry_link: String(body.test_ps_survey_entry_link).replace(
      /survey_id=\d+|bsec=\w{6}|^.*(?=\/#)/g,
      '',
    ),
    quotas: body.quotas.map((quota) => ({ ...quota, buyer_quota_id: '', ps_quota_id: '' })),
  }
}

describe('POST /buyers/v2/surveys', () => {
  it('answers the document’s example: a draft of 4 qualifications, 1 + 11 quotas, 20 completes', async () => {
    const answer = await buyer(api).create(seed002('request-template-15'))
    expect(answer.status).toBe(200)
    const theirs = { ...seed002('answer-template-15'), blend_id: null }
    expect(comparable(answer.body)).toEqual(comparable(theirs))
    expect(Object.keys(answer.body)).toEqual(Object.keys(theirs))
    expect(answer.body.project_creation_date).toBe('2030-01-05T09:30:00.000Z')
    expect(answer.body.test_ps_survey_entry_link).toMatch(
      new RegExp(
        `^http://tributary.example/#/start-survey\\?survey_id=${answer.body.ps_survey_id}&ps_redirect_test=1&bsec=[a-z0-9]{6}&supplier_id=23$`,
      ),
    )
    const [own, ...added] = (answer.body as SurveyBody).quotas
    expect(own?.buyer_quota_id).toBe('6FLMpfWu9rzNmW9')
    for (const { buyer_quota_id } of added) expect(buyer_quota_id).toMatch(/^[A-Za-z0-9]{15}$/)
    const ids = (answer.body as SurveyBody).quotas.flatMap((quota) => [quota.buyer_quota_id, quota.ps_quota_id])
    expect(new Set(ids).size).toBe(24)
    for (const { ps_quota_id } of (answer.body as SurveyBody).quotas) {
      expect(ps_quota_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    }
    expect((await buyer(api).read(answer.body.ps_survey_id)).body).toEqual(answer.body)
  })

  it('inherits every setting when the request has only a template', async () => {
    const answer = await buyer(api).create({ template_id: 5 })
    expect(answer.status).toBe(200)
    expect(comparable(answer.body)).toEqual(comparable(seed002('answer-template-5')))
    const again = await buyer(api).created({ template_id: 5, completes_required: null, survey_title: null })
    expect(comparable(again)).toEqual(comparable(answer.body))
    expect(again.quotas[0]?.buyer_quota_id).not.toBe(answer.body.quotas[0].buyer_quota_id)
  })

  it('drafts a survey without a template', async () => {
    const { template_id: _none, ...body } = seed002('request-template-15')
    const answer = await buyer(api, 'bare').create(body)
    expect(answer.status).toBe(200)
    expect(Object.keys(answer.body)).toEqual(Object.keys(seed002('answer-template-15')))
    expect(answer.body).toMatchObject({ template_id: null, ps_survey_status: 11, completes_required: 20 })
    expect(answer.body.quotas).toHaveLength(1)
  })

  it('accepts shared and default templates', async () => {
    for (const [name, id, status] of [
      ['rival', 16, 200],
      ['rival', 17, 200],
      ['acme', 17, 200],
      ['rival', 15, 404],
    ] as const) {
      const answer = await buyer(api, name).create({ template_id: id })
      expect(answer.status, `${name} ${id}`).toBe(status)
    }
  })
})

/** Overridable settings, each with a request's value that must win over the template's. */
const OVERRIDES = {
  completes_required: 40,
  expected_ir: 61,
  expected_loi: 7,
  survey_category_code: 240,
  survey_localization: 'fr_CA',
  survey_title: 'The title of the request',
} as const

describe.each(['POST', 'PUT'] as const)('%s', (method) => {
  const send = async (body: object) => {
    if (method === 'POST') return buyer(api).create(body)
    const { ps_survey_id } = await buyer(api).created({ template_id: 15 })
    return buyer(api).edit(ps_survey_id, body)
  }

  it.each(Object.entries(OVERRIDES))('overrides %s, and keeps the other settings', async (name, value) => {
    const answer = await send({ template_id: 15, [name]: value })
    expect(answer.status).toBe(200)
    for (const other of Object.keys(OVERRIDES) as (keyof typeof OVERRIDES)[]) {
      expect(answer.body[other], other).toBe(other === name ? value : TEMPLATE_15[other])
    }
    expect(answer.body.field_time).toBe(9)
  })

  it('overrides the language or the country alone', async () => {
    expect((await send({ template_id: 15, survey_localization: 'en_US' })).body.survey_localization).toBe('en_US')
    expect((await send({ template_id: 15, survey_localization: 'es_MX' })).body.survey_localization).toBe('es_MX')
  })

  it('answers that the feature is off before any other fault', async () => {
    const body = { ...seed002('request-template-15'), expected_ir: 'nonsense' }
    for (const template_id of [15, 100, 4_711, 'x']) {
      const named = { ...body, template_id }
      const answer =
        method === 'POST' ? await buyer(api, 'bare').create(named) : await buyer(api, 'bare').edit(7_134, named)
      expect([answer.status, answer.text], String(template_id)).toEqual([403, JSON.stringify(seed002('error-1018'))])
    }
  })

  it('answers the same 404 for an unknown template and another buyer’s, before any other fault', async () => {
    for (const template_id of [100, 4_711, -1, 0, 3_000_000_000]) {
      const answer = await send({ ...seed002('request-template-15'), template_id, expected_ir: 'nonsense' })
      expect([answer.status, answer.text], String(template_id)).toEqual([404, JSON.stringify(seed002('error-1006'))])
    }
  })

  it.each([
    ['survey_localization', 'en-US'],
    ['survey_localization', 'en_XX'],
    ['survey_localization', 'US'],
    ['completes_required', 0],
    ['completes_required', 1.5],
    ['completes_required', '20'],
    ['expected_ir', 101],
    ['expected_loi', 0],
    ['field_time', -1],
    ['click_balancing', 2],
    ['offer_price', -1],
    ['offer_price', 'ten'],
    ['currency', 'CHF'],
    ['ps_survey_status', 12],
    ['template_id', 1.5],
    ['panels', []],
    ['soft_launch', true],
    ['survey_title', '  '],
  ])('refuses %s %j by name', async (field, value) => {
    const answer = await send({ ...seed002('request-template-15'), template_id: 15, [field]: value })
    expect(answer.status).toBe(400)
    expect(answer.body.ps_api_response_code).toBe(1001)
    expect(answer.body.errors.map((one: { field: string }) => one.field)).toEqual([field])
    expect(answer.body.ps_api_response_message).toContain(field)
  })

  const range = (from: unknown, to: unknown, units: unknown = 311) => ({ from, to, units })
  it.each([
    ['both', { condition_codes: ['111'], range_sets: [range(18, 24)] }, ''],
    ['neither', {}, ''],
    ['no codes', { condition_codes: [] }, '.condition_codes'],
    ['numbers as codes', { condition_codes: [111] }, '.condition_codes[0]'],
    ['a range backwards', { range_sets: [range(24, 18)] }, '.range_sets[0]'],
    ['no years', { range_sets: [range(18, 24, 312)] }, '.range_sets[0].units'],
    ['a fraction of a year', { range_sets: [range(18.5, 24)] }, '.range_sets[0].from'],
  ])('refuses conditions with %s', async (_what, conditions, path) => {
    const criterion = { qualification_code: 211, ...conditions }
    const asked = await send({ template_id: 15, qualifications: [criterion] })
    expect(asked.body.errors?.map((one: { field: string }) => one.field)).toEqual([`qualifications[0]${path}`])
    const celled = await send({ template_id: 15, quotas: [{ required_count: 1, criteria: [criterion] }] })
    expect(celled.body.errors?.map((one: { field: string }) => one.field)).toEqual([`quotas[0].criteria[0]${path}`])
  })

  it('refuses a repeated quota id, a repeated code, and quotas without criteria', async () => {
    const criteria = [{ qualification_code: 211, condition_codes: ['111'] }]
    const quota = { buyer_quota_id: 'mine', required_count: 10, criteria }
    const fields = async (body: object) =>
      (await send({ template_id: 15, ...body })).body.errors?.map((one: { field: string }) => one.field)
    expect(await fields({ quotas: [quota, quota] })).toEqual(['quotas[1].buyer_quota_id'])
    expect(await fields({ quotas: [{ required_count: 10, criteria: [] }] })).toEqual(['quotas[0].criteria'])
    expect(await fields({ quotas: [{ ...quota, minimum: 11, maximum: 10 }] })).toEqual(['quotas[0]'])
    expect(await fields({ qualifications: [...criteria, ...criteria] })).toEqual(['qualifications'])
  })
})

describe('a request', () => {
  it('lists missing and wrong fields together', async () => {
    const answer = await buyer(api).create({ expected_ir: 0, expected_loi: 5 })
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map((one: { field: string }) => one.field).toSorted()).toEqual([
      'completes_required',
      'expected_ir',
      'survey_category_code',
      'survey_localization',
      'survey_title',
    ])
    expect((await buyer(api).create({ ...seed002('request-template-15'), ps_survey_status: 22 })).status).toBe(400)
  })

  it('that is no JSON object is refused in the document’s words', async () => {
    const { status, body } = await buyer(api).create([])
    expect([status, body.ps_api_response_code]).toEqual([400, 1001])
    const broken = await buyer(api).create({}).set('content-type', 'application/json').send('{"template_id":')
    expect([broken.status, broken.body.ps_api_response_code]).toEqual([400, 1001])
    const text = await buyer(api).create({}).set('content-type', 'text/plain').send('x')
    expect([text.status, text.body.ps_api_response_code]).toEqual([415, 415])
  })
})

describe('PUT /buyers/v2/surveys/{id}', () => {
  it('accepts the survey’s own template again, and no other', async () => {
    const body = seed002('request-template-15')
    const { ps_survey_id: id } = await buyer(api).created(body)
    const again = await buyer(api).edited(id, body)
    expect(again.quotas).toHaveLength(12)
    expect(again.qualifications).toHaveLength(4)
    const another = await buyer(api).edit(id, { ...body, template_id: 5 })
    expect([another.status, another.text]).toEqual([400, JSON.stringify(seed002('error-1014-another'))])
    const { template_id: _none, ...plain } = body
    const { ps_survey_id: without } = await buyer(api).created(plain)
    const late = await buyer(api).edit(without, body)
    expect([late.status, late.text]).toEqual([400, JSON.stringify(seed002('error-1014-without'))])
    // a refused edit changes nothing
    expect((await buyer(api).read(without)).body.quotas).toHaveLength(1)
  })

  it('keeps what it does not name: quota counts when completes change, ids, the template', async () => {
    const before = await buyer(api).created({ template_id: 5 })
    const after = await buyer(api).edited(before.ps_survey_id, {
      completes_required: 400,
      survey_localization: 'es_US',
    })
    expect(after).toEqual({ ...before, completes_required: 400, survey_localization: 'es_US' })
    const named = await buyer(api).edited(before.ps_survey_id, { template_id: 5 })
    expect(named).toEqual(after)
    expect(named.quotas.map((quota) => quota.required_count)).toEqual([50, 50])
    expect((await buyer(api).edited(before.ps_survey_id, { buyer_message: 'hello' })).template_id).toBe(5)
  })

  it('replaces the quotas; the template’s follow where the request names it', async () => {
    const before = await buyer(api).created({ template_id: 5 })
    const men = {
      buyer_quota_id: 'men',
      required_count: 7,
      criteria: [{ qualification_code: 211, condition_codes: ['111'] }],
    }
    const merged = await buyer(api).edited(before.ps_survey_id, { template_id: 5, quotas: [men] })
    expect(merged.quotas.slice(1)).toEqual(before.quotas)
    expect(merged.quotas[0]).toMatchObject(men)
    // read, change, write: nothing is duplicated, and our ids stay
    const written = await buyer(api).edited(before.ps_survey_id, merged)
    expect(written).toEqual(merged)
    const alone = await buyer(api).edited(before.ps_survey_id, { quotas: [{ ...men, required_count: 9 }] })
    expect(alone.quotas).toEqual([{ ...merged.quotas[0], required_count: 9 }])
    expect(alone.qualifications).toEqual(before.qualifications)
  })

  it('answers 404 for another buyer’s survey, as if it did not exist', async () => {
    const { ps_survey_id: id } = await buyer(api).created({ template_id: 15 })
    const absent = await buyer(api, 'rival').read(id + 100_000)
    expect(absent.status).toBe(404)
    expect(Object.keys(absent.body)).toEqual(['ps_api_response_code', 'ps_api_response_message'])
    for (const answer of [
      await buyer(api, 'rival').read(id),
      await buyer(api, 'rival').edit(id, { survey_title: 'stolen' }),
      await buyer(api, 'rival').edit(id, { survey_title: 3 }),
      await buyer(api).read('abc'),
      await buyer(api).read(3_000_000_000),
    ]) {
      expect([answer.status, answer.text]).toEqual([404, absent.text])
    }
    expect((await buyer(api).read(id)).body.survey_title).toBe(TEMPLATE_15.survey_title)
  })

  it('keeps the survey unchanged when its template is deleted', async () => {
    await buyer(api).putTemplate(200, { survey: TEMPLATE_15 })
    const before = await buyer(api).created({ template_id: 200 })
    await buyer(api).remove(200)
    expect((await buyer(api).edited(before.ps_survey_id, { expected_loi: 6 })).template_id).toBe(200)
    expect((await buyer(api).edit(before.ps_survey_id, { template_id: 200 })).body).toEqual(seed002('error-1006'))
  })
})
