import request from 'supertest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GatewayFault } from '../../api/http/gateway-errors.js'
import { BUYERS, buyerOf, type DemandApi, SEED_PLAN, startDemandApi } from './demand-support.js'

let api: DemandApi
let acme: ReturnType<typeof buyerOf>
beforeAll(async () => {
  api = await startDemandApi()
  acme = buyerOf(api)
})
afterAll(() => api.close())

/** Posts a body that must be refused. @returns its faults as `constraint field`, sorted, and their messages */
async function refusal(body: object): Promise<{ faults: string[]; messages: string[] }> {
  const before = await api.knex('survey_plans').count().first()
  const answer = await acme.post(body)
  expect(answer.status, answer.text).toBe(400)
  expect(Object.keys(answer.body).sort()).toEqual(['code', 'details', 'message'])
  expect(answer.body.code).toBe('400')
  const details = answer.body.details as GatewayFault[]
  for (const detail of details) {
    expect(Object.keys(detail).sort()).toEqual(['constraint', 'field', 'message'])
    expect(detail.message.length).toBeGreaterThan(5)
  }
  expect(await api.knex('survey_plans').count().first()).toEqual(before)
  return {
    faults: details.map(({ constraint, field }) => `${constraint} ${field}`).sort(),
    messages: details.map(({ message }) => message),
  }
}

const [QUOTA] = SEED_PLAN.quotas as [Record<string, unknown>]
const without = (given: Readonly<Record<string, unknown>>, member: string) =>
  Object.fromEntries(Object.entries(given).filter(([key]) => key !== member))
const asking = (question_id: unknown, qualifying_answers: unknown) => ({
  ...SEED_PLAN,
  qualifications: [{ question_id, qualifying_answers }],
})

const REQUIRED = [
  'survey_id',
  'country',
  'survey_url',
  'type',
  'estimated_loi',
  'estimated_cr',
  'estimated_ir',
  'target_completes',
  'survey_platform',
  'target_panels',
  'pricing',
  'quotas',
  'qualifications',
]

describe('what a plan needs', () => {
  test.each(REQUIRED)('%s', async (member) => {
    const { faults, messages } = await refusal(without(SEED_PLAN, member))
    expect(faults).toEqual([`required ${member}`])
    expect(messages[0]).toMatch(/^is required: /)
  })

  test('an empty body gets every missing field named', async () => {
    expect((await refusal({})).faults).toEqual(REQUIRED.map((member) => `required ${member}`).sort())
  })

  test.each([
    ['pricing', 'cpi'],
    ['pricing', 'unit'],
    ['pricing', 'currency'],
  ])('%s.%s', async (member, inner) => {
    const pricing = without(SEED_PLAN[member] as Record<string, unknown>, inner)
    expect((await refusal({ ...SEED_PLAN, pricing })).faults).toEqual([`required ${member}.${inner}`])
    const quotas = [{ ...QUOTA, pricing }]
    expect((await refusal({ ...SEED_PLAN, quotas })).faults).toEqual([`required quotas[0].pricing.${inner}`])
  })

  test.each(['id', 'qualifications'])('quotas[].%s', async (member) => {
    const quotas = [QUOTA, without({ ...QUOTA, id: 'second' }, member)]
    expect((await refusal({ ...SEED_PLAN, quotas })).faults).toEqual([`required quotas[1].${member}`])
  })

  test('the members of a qualification, a panel and a range', async () => {
    const body = {
      ...SEED_PLAN,
      target_panels: [{}],
      qualifications: [{ question_id: 'age' }, { qualifying_answers: ['male'] }],
      quotas: [{ ...QUOTA, qualifications: [{ question_id: 'age', qualifying_answers: [{ start: 20 }] }] }],
    }
    expect((await refusal(body)).faults).toEqual([
      'required qualifications[0].qualifying_answers',
      'required qualifications[1].question_id',
      'required quotas[0].qualifications[0].qualifying_answers[0].end',
      'required target_panels[0].name',
    ])
  })

  test.each([null, 'text', 7, [], [SEED_PLAN]])('a body that is an object: not %j', async (body) => {
    const answer = await request(api.app)
      .post('/survey-plan')
      .set({ 'x-api-key': BUYERS.acme, 'content-type': 'application/json' })
      .send(JSON.stringify(body))
    expect(answer.status).toBe(400)
    expect(answer.body.details).toEqual([{ constraint: 'type', field: '', message: 'must be an object' }])
  })
})

/** A change to the example, and the faults that follow. */
const CASES: [string, Record<string, unknown>, string[]][] = [
  ['country in two letters', { country: 'US' }, ['format country']],
  ['country in lower case', { country: 'usa' }, ['format country']],
  ['country that does not exist', { country: 'XXX' }, ['format country']],
  ['country as a number', { country: 840 }, ['type country']],
  ['locale with an underscore', { locale: 'en_US' }, ['format locale']],
  ['locale in lower case', { locale: 'en-us' }, ['format locale']],
  ['locale that is null', { locale: null }, ['type locale']],
  ['type that is not known', { type: 'diary' }, ['enum type']],
  ['length of half a minute', { estimated_loi: 1.5 }, ['type estimated_loi']],
  ['length as text', { estimated_loi: '5' }, ['type estimated_loi']],
  ['length of zero', { estimated_loi: 0 }, ['minimum estimated_loi']],
  ['rate beyond a hundred', { estimated_ir: 101 }, ['maximum estimated_ir']],
  ['rate below zero', { estimated_cr: -1 }, ['minimum estimated_cr']],
  ['no completes', { target_completes: 0 }, ['minimum target_completes']],
  ['completes beyond the maximum', { target_completes: 1e12 }, ['maximum target_completes']],
  ['id that is empty', { survey_id: '' }, ['format survey_id', 'minLength survey_id']],
  ['id that is blank', { survey_id: '  ' }, ['format survey_id']],
  ['id without end', { survey_id: 'x'.repeat(257) }, ['maxLength survey_id']],
  ['id with a NUL', { survey_id: 'a\u0000b' }, ['format survey_id']],
  ['half a surrogate pair', { group_id: 'a\ud800b' }, ['format group_id']],
  ['platform that is empty', { survey_platform: '' }, ['format survey_platform', 'minLength survey_platform']],
  ['categories that are no list', { categories: 'pets' }, ['type categories']],
  ['tag that is a number', { tags: ['webcam', 3] }, ['type tags[1]']],
  ['too many categories', { categories: Array(101).fill('c') }, ['maxItems categories']],
  ['resume_allowed as text', { resume_allowed: 'true' }, ['type resume_allowed']],
  [
    'hidden qualifications below zero',
    { additional_qualification_count: -1 },
    ['minimum additional_qualification_count'],
  ],
  ['e-mail that is invalid', { contact_emails: ['a@b.example', 'nobody'] }, ['format contact_emails[1]']],
  ['device that does not exist', { device_requirements: ['desktop', 'watch'] }, ['enum device_requirements[1]']],
  ['device twice', { device_requirements: ['mobile', 'mobile'] }, ['unique device_requirements[1]']],
  ['no device', { device_requirements: [] }, ['minItems device_requirements']],
  ['finish date without a zone', { finish_date: '2026-12-31T00:00:00' }, ['format finish_date']],
  ['finish date without a time', { finish_date: '2026-12-31' }, ['format finish_date']],
  ['finish date that is invalid', { finish_date: '2026-02-30T00:00:00Z' }, ['format finish_date']],
  ['finish date of no year of ours', { finish_date: '0000-01-01T00:00:00Z' }, ['format finish_date']],
  ['finish date in no zone', { finish_date: '2026-12-31T00:00:00+23:59' }, ['format finish_date']],
  ['finish date as a number', { finish_date: 1_790_000_000 }, ['type finish_date']],
  ['price of zero', { pricing: { cpi: 0, unit: 'main', currency: 'USD' } }, ['minimum pricing.cpi']],
  ['price with a fraction', { pricing: { cpi: 1.5, unit: 'main', currency: 'USD' } }, ['type pricing.cpi']],
  ['unit', { pricing: { cpi: 1, unit: 'cents', currency: 'USD' } }, ['enum pricing.unit']],
  ['currency outside the five', { pricing: { cpi: 1, unit: 'main', currency: 'CHF' } }, ['enum pricing.currency']],
  ['no panels', { target_panels: [] }, ['minItems target_panels']],
  ['panel that does not exist', { target_panels: [{ name: 'nobody' }] }, ['exists target_panels[0].name']],
  ['panel without survey plans', { target_panels: [{ name: 'outsider' }] }, ['exists target_panels[0].name']],
  [
    'panel of other countries',
    { country: 'GBR', target_panels: [{ name: 'OpinionBar' }] },
    ['country target_panels[0].name'],
  ],
  [
    'panel twice',
    { target_panels: [{ name: 'lifepoints' }, { name: 'LIFEPOINTS' }] },
    ['unique target_panels[1].name'],
  ],
  ['panels as names', { target_panels: ['lifepoints'] }, ['type target_panels[0]']],
  ['quota ids twice', { quotas: [QUOTA, { ...QUOTA, target_completes: 1 }] }, ['unique quotas[1].id']],
  ['quota id with a line break', { quotas: [{ ...QUOTA, id: 'a\nb' }] }, ['format quotas[0].id']],
  ['quota target below zero', { quotas: [{ ...QUOTA, target_completes: -1 }] }, ['minimum quotas[0].target_completes']],
  ['quotas that are no list', { quotas: QUOTA }, ['type quotas']],
  [
    'too many quotas',
    { quotas: Array.from({ length: 1_001 }, (_, at) => ({ id: `q${at}`, qualifications: [] })) },
    ['maxItems quotas'],
  ],
  ['a member of another name', { targetCompletes: 3 }, ['unknown targetCompletes']],
  ['a member of GET', { status: 'OPEN' }, ['unknown status']],
  [
    'members further in',
    { pricing: { cpi: 1, unit: 'main', currency: 'USD', vat: 7 }, quotas: [{ ...QUOTA, name: 'x' }] },
    ['unknown pricing.vat', 'unknown quotas[0].name'],
  ],
  ['survey_url that is no URL', { survey_url: 'survey-platform.com/survey' }, ['format survey_url']],
  ['survey_url with a space', { survey_url: 'https://survey-platform.com/a b' }, ['format survey_url']],
  ...['\\evil', '"x"', '<script>', '|', '^', '`', '{', '}', '{{', '{{a b}}', '%', '%2', '%zz', '\t', '\u0000', 'ü'].map(
    (mark): [string, Record<string, unknown>, string[]] => [
      `survey_url with ${JSON.stringify(mark)}`,
      { survey_url: `https://survey-platform.com/a?b=${mark}` },
      ['format survey_url'],
    ],
  ),
  ['survey_url of another scheme', { survey_url: 'javascript:alert(1)' }, ['format survey_url']],
  ['survey_url in clear text', { survey_url: 'http://survey-platform.com/s' }, ['format survey_url']],
  ['survey_url of a private address', { survey_url: 'https://10.0.0.1/s' }, ['format survey_url']],
  ['survey_url with a password', { survey_url: 'https://u:p@survey-platform.com/s' }, ['format survey_url']],
  [
    'survey_url whose host a panelist would choose',
    { survey_url: 'https://((PANELIST_ID)).example/s' },
    ['format survey_url'],
  ],
  ['survey_url as a list', { survey_url: ['https://survey-platform.com'] }, ['type survey_url']],
]

describe('a plan is refused for a', () => {
  test.each(CASES)('%s', async (_what, change, wanted) => {
    expect((await refusal({ ...SEED_PLAN, ...change })).faults).toEqual([...wanted].sort())
  })
})

describe('a qualification is refused for', () => {
  const AT = 'qualifications[0].qualifying_answers'
  test.each<[string, unknown, unknown, string[]]>([
    ['a question that does not exist', 'shoe_size', ['42'], ['exists qualifications[0].question_id']],
    ['an answer that does not exist', 'sex', ['male', 'none'], [`exists ${AT}[1]`]],
    ['ranges for a choice question', 'sex', [{ start: 1, end: 2 }], [`type ${AT}[0]`]],
    ['answers for a range question', 'age', ['16-21'], [`type ${AT}[0]`]],
    ['answers and ranges together', 'age', [{ start: 16, end: 21 }, '30'], [`type ${AT}[1]`, `xor ${AT}`]],
    ['a range that starts after it ends', 'age', [{ start: 21, end: 16 }], [`range ${AT}[0]`]],
    ['a range below the limits', 'age', [{ start: 15, end: 21 }], [`minimum ${AT}[0].start`]],
    ['a range above the limits', 'age', [{ start: 16, end: 101 }], [`maximum ${AT}[0].end`]],
    ['a bound that is text', 'age', [{ start: '16', end: 21 }], [`type ${AT}[0].start`]],
    ['a bound with a fraction', 'age', [{ start: 16.5, end: 21 }], [`type ${AT}[0].start`]],
    ['a member that a range does not have', 'age', [{ start: 16, end: 21, step: 1 }], [`unknown ${AT}[0].step`]],
    ['no answers', 'sex', [], [`minItems ${AT}`]],
    ['answers that are no list', 'sex', 'male', [`type ${AT}`]],
    ['an answer that is a number', 'pets', [2], [`type ${AT}[0]`]],
    [
      'an empty question',
      '',
      ['male'],
      ['format qualifications[0].question_id', 'minLength qualifications[0].question_id'],
    ],
  ])('%s', async (_what, question, answers, wanted) => {
    expect((await refusal(asking(question, answers))).faults).toEqual([...wanted].sort())
  })

  test('a question that the country does not have, in the plan and in a quota', async () => {
    const pets = { question_id: 'pets', qualifying_answers: ['2', '5'] }
    const body = { ...SEED_PLAN, country: 'GBR', qualifications: [pets], quotas: [{ id: 'q', qualifications: [pets] }] }
    const { faults, messages } = await refusal(body)
    expect(faults).toEqual(['country qualifications[0].question_id', 'country quotas[0].qualifications[0].question_id'])
    expect(messages[0]).toContain('USA')
    expect((await acme.post({ ...body, country: 'USA' })).status).toBe(201)
  })
})

describe('one answer', () => {
  test('lists faults of form and of content together, however many', async () => {
    const { faults } = await refusal({
      ...SEED_PLAN,
      country: 'US',
      survey_url: 'ftp://x',
      estimated_loi: 1.5,
      target_panels: [{ name: 'nobody' }],
      colour: 'red',
      quotas: [QUOTA, { ...QUOTA, pricing: { cpi: '1', unit: 'main', currency: 'EUR' } }],
      qualifications: [
        { question_id: 'shoe_size', qualifying_answers: ['42'] },
        { question_id: 'age', qualifying_answers: [{ start: 1, end: 21 }] },
      ],
    })
    expect(faults).toEqual([
      'exists qualifications[0].question_id',
      'exists target_panels[0].name',
      'format country',
      'format survey_url',
      'minimum qualifications[1].qualifying_answers[0].start',
      'type estimated_loi',
      'type quotas[1].pricing.cpi',
      'unique quotas[1].id',
      'unknown colour',
    ])
  })

  test('has at most 1,000 faults', async () => {
    const answer = await acme.post({ ...SEED_PLAN, target_panels: Array(40_000).fill({ name: 'nobody' }) })
    expect(answer.status).toBe(400)
    expect(answer.body.details).toHaveLength(1_000)
    expect(answer.body.message).toContain('are left out')
  })

  test('is 413 for more than a megabyte, 415 for another content type, in the document’s format', async () => {
    const large = await acme.post({ ...SEED_PLAN, tags: ['x'.repeat(1_100_000)] })
    expect({ status: large.status, body: large.body }).toEqual({
      status: 413,
      body: { code: '413', message: expect.any(String), success: false },
    })
    const text = await request(api.app)
      .post('/survey-plan')
      .set({ 'x-api-key': BUYERS.acme, 'content-type': 'text/plain' })
      .send('x')
    expect(text.status).toBe(415)
    expect(text.body).toEqual({ code: '415', message: expect.any(String), success: false })
  })
})

describe('a plan is accepted with', () => {
  test.each<[string, Record<string, unknown>]>([
    [
      'an apostrophe, brackets and percent signs that mean something',
      { survey_url: "https://s.example/o'b/%7B%7BSESSION_ID%7D%7D?a[]=%20((COUNTRY))&b=!$*+,;:@#f" },
    ],
    ['placeholders of either kind', { survey_url: 'https://s.example/x?a=((SESSION_ID))&b={{PANELIST_ID}}&c=d#e' }],
    [
      'several ranges, and both ends at the limits',
      asking('age', [
        { start: 16, end: 16 },
        { start: 40, end: 100 },
      ]),
    ],
    ['no quotas and no qualifications', { quotas: [], qualifications: [] }],
    ['a quota with a target of 0', { quotas: [{ ...QUOTA, target_completes: 0 }] }],
    ['a platform that is not configured', { survey_platform: 'Some Platform' }],
    ['a finish date in another zone', { finish_date: '2026-12-31T17:00:00+05:30' }],
    ['empty lists where the seed has lists', { categories: [], tags: [], contact_emails: [] }],
    ['quota sums that differ from the target', { target_completes: 10 }],
  ])('%s', async (_what, change) => {
    const plan = { ...SEED_PLAN, ...change }
    const created = await acme.post(plan)
    expect(created.status, created.text).toBe(201)
    const { body } = await acme.get(`/survey-plans/${created.body.id}`)
    const quotas = (plan.quotas as object[]).map((quota) => ({ ...quota, status: 'OPEN' }))
    expect(body.survey_plan).toEqual({ ...plan, quotas, id: created.body.id, status: 'OPEN' })
  })
})
