import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { issueSessionToken } from '../../api/tokens/session-token.js'
import { money } from '../../domain/money.js'
import type { Clause, Quota } from '../../domain/survey.js'
import { as, type RouterApi, startRouterApi, visit } from '../support/router-api.js'

let api: RouterApi
let people = 0
const someone = (): string => `p-${++people}`

beforeAll(async () => {
  api = await startRouterApi()
})
afterAll(() => api.close())
afterEach(() => {
  api.refuses = false
})

const create = (surveyId: string, body: object, panel: 'lifepoints' | 'toplife' = 'lifepoints') =>
  as(api, panel).post(api.creationPath(surveyId, panel), { panelist_id: someone(), ...body })
const faultsOf = ({ body }: { body: { details?: { constraint: string; field: string }[] } }) =>
  (body.details ?? []).map(({ constraint, field }) => `${constraint} ${field}`)
const rowsOf = (panelistId: string) => api.database.knex('sessions').where({ panelist_id: panelistId })

const quota = (quotaId: string, layers: Clause[][][], given: Partial<Quota> = {}): Quota => ({
  quotaId,
  status: 'open',
  available: null,
  layers: layers.map((subQuotas) => ({ subQuotas: subQuotas.map((clauses) => ({ clauses, available: null })) })),
  additionalQualifications: 0,
  ...given,
})
const sex = (answer: string): Clause => ({ attribute: 'kantar:sex', answers: [answer] })

describe('a provider’s survey', () => {
  test('is entered like our own: the provider gives the entry, and gets only what it asks for', async () => {
    const surveyId = await api.stock('kantar-us', {
      clauses: [{ attribute: 'kantar:age', ranges: [{ from: 16, to: 40 }] }],
    })
    const who = someone()
    const answer = await create(surveyId, {
      panelist_id: who,
      panelist_profile: { age: 22, sex: 'male' },
      custom_panel_data: { secret: 'canary' },
    })
    expect(answer.status).toBe(200)
    const [row] = await rowsOf(who)
    expect(row).toMatchObject({ connection: 'kantar-us', state: 'created', cpi_minor: '150', required_grade: 'E1' })
    expect(api.asked.at(-1)?.body).toEqual({
      panelist_id: `lifepoints.${who}`,
      custom_panel_data: { internal_id: row.session_id },
      panelist_profile: { age: 22 },
    })
    expect(JSON.stringify(api.asked)).not.toContain('canary')
    expect(await api.database.knex('plan_sessions').where({ session_id: row.session_id })).toEqual([])
    const first = await visit(api, answer.body.url)
    expect(first.headers.location).toMatch(/^https:\/\/router\.example\/sessions\/start\//)
    // a provider's survey can be resumed
    expect((await visit(api, answer.body.url)).headers.location).toBe(first.headers.location)
  })

  test('that its provider refuses is 400', async () => {
    const surveyId = await api.stock('kantar-us', {})
    api.refuses = true
    const answer = await create(surveyId, {})
    expect([answer.status, ...faultsOf(answer)]).toEqual([400, 'status token'])
  })

  test('that is closed, paused, full or over is 400', async () => {
    for (const given of [
      { status: 'closed' },
      { status: 'paused' },
      { availableCompletes: 0 },
      { finishAt: '2020-01-01T00:00:00Z' },
      { enterable: false },
    ] as const) {
      const answer = await create(await api.stock('kantar-us', given), {})
      expect([answer.status, ...faultsOf(answer)]).toEqual([400, 'status token'])
    }
  })

  test('of a connection that the panel may not use is an unknown token', async () => {
    const surveyId = await api.stock('spectrum', {})
    expect(faultsOf(await create(surveyId, {}, 'toplife'))).toEqual(['exists token'])
    // so is an unknown survey, and a forged token
    const token = api.deps.sessionTokens.issue('toplife', 'sv_nowhere')
    expect(faultsOf(await as(api, 'toplife').post(`/panels/toplife/session/${token}`, { panelist_id: 'p' }))).toEqual([
      'exists token',
    ])
    const forged = issueSessionToken(Buffer.alloc(32), 'toplife', surveyId)
    expect(faultsOf(await as(api, 'toplife').post(`/panels/toplife/session/${forged}`, { panelist_id: 'p' }))).toEqual([
      'exists token',
    ])
  })

  test('needs its whole targeting: untranslated conditions are named in the provider’s codes', async () => {
    const surveyId = await api.stock('toluna-us', {
      clauses: [
        { attribute: 'toluna:1001007', answers: ['2000247'] },
        { attribute: 'toluna:999', answers: ['7'] },
      ],
      quotas: [quota('all', [[[]]])],
    })
    const faults = async (profile: object) => faultsOf(await create(surveyId, { panelist_profile: profile }))
    expect(await faults({})).toEqual(['required panelist_profile.sex', 'required panelist_profile.toluna:999'])
    expect(await faults({ sex: 'female', 'toluna:999': '7' })).toEqual(['qualification panelist_profile.sex'])
    expect(await faults({ sex: 'male', 'toluna:999': '8' })).toEqual(['qualification panelist_profile.toluna:999'])
    expect(await faults({ sex: 'male|female', 'toluna:999': '7' })).toEqual(['single_choice panelist_profile.sex'])
    expect(await faults({ sex: 'male', 'toluna:999': '7' })).toEqual([])
  })

  test('has layered quotas under the names of the feed’s combinations', async () => {
    const layered = quota('77', [
      [
        [{ attribute: 'toluna:1001007', answers: ['2000247'] }],
        [{ attribute: 'toluna:1001007', answers: ['2000246'] }],
      ],
      [[{ attribute: 'toluna:999', answers: ['1'] }]],
    ])
    const surveyId = await api.stock('toluna-us', { quotas: [layered] })
    const who = someone()
    const body = { panelist_id: who, target_quota_id: '77~2', panelist_profile: { sex: 'female', 'toluna:999': '1' } }
    expect((await create(surveyId, body)).status).toBe(200)
    expect((await rowsOf(who))[0]).toMatchObject({ provider_quota_id: '77', state: 'opening' })
    const wrong = await create(surveyId, { ...body, panelist_id: someone(), panelist_profile: { sex: 'female' } })
    expect(faultsOf(wrong)).toEqual(['required panelist_profile.toluna:999'])
    const unknown = await create(surveyId, { ...body, panelist_id: someone(), target_quota_id: '78~1' })
    expect(faultsOf(unknown)).toEqual(['exists target_quota_id'])
  })

  test('gets the first open quota that fits, and its price', async () => {
    const surveyId = await api.stock('kantar-us', {
      quotas: [
        quota('closed', [[[sex('male')]]], { status: 'closed' }),
        quota('full', [[[sex('male')]]], { available: 0 }),
        quota('first', [[[sex('male')]]], { price: money(90, 'USD') }),
        quota('better', [[[sex('male')]]], { price: money(300, 'USD') }),
        quota('women', [[[sex('female')]]], { available: 0 }),
      ],
    })
    const who = someone()
    expect((await create(surveyId, { panelist_id: who, panelist_profile: { sex: 'male' } })).status).toBe(200)
    expect((await rowsOf(who))[0]).toMatchObject({ provider_quota_id: 'first', cpi_minor: '90' })
    const faults = async (body: object) => faultsOf(await create(surveyId, body))
    expect(await faults({ panelist_profile: { sex: 'female' } })).toEqual(['available_completes target_quota_id'])
    expect(await faults({ panelist_profile: {} })).toEqual(Array(5).fill('quota panelist_profile'))
    const named = (target_quota_id: string) => faults({ target_quota_id, panelist_profile: { sex: 'male' } })
    expect(await named('closed')).toEqual(['status target_quota_id'])
    expect(await named('full')).toEqual(['available_completes target_quota_id'])
    expect(await named('better')).toEqual([])
  })

  test('that terminates in a full quota refuses panelists who belong in it', async () => {
    const spectrum = (answer: string): Clause => ({ attribute: 'purespectrum:211', answers: [answer] })
    const surveyId = await api.stock('spectrum', {
      fullQuotaTerminates: true,
      quotas: [quota('all', [[[]]]), quota('women', [[[spectrum('112')]]], { available: 0 })],
    })
    expect(faultsOf(await create(surveyId, { panelist_profile: { sex: 'female' } }))).toEqual([
      'available_completes target_quota_id',
    ])
    expect((await create(surveyId, { panelist_profile: { sex: 'male' } })).status).toBe(200)
  })

  test('of a group refuses a panelist who took another survey of it', async () => {
    const grouping = { surveyIds: ['g-1', 'g-2'], exclusionDays: 30 }
    const [one, two] = [
      await api.stock('spectrum', { providerSurveyId: 'g-1', grouping }),
      await api.stock('spectrum', { providerSurveyId: 'g-2', grouping }),
    ]
    const who = someone()
    const first = await create(one, { panelist_id: who })
    expect(first.status).toBe(200)
    // the survey that they are in is not another one
    expect((await create(one, { panelist_id: who })).body).toEqual(first.body)
    expect(faultsOf(await create(two, { panelist_id: who }))).toEqual(['unique panelist_id'])
  })

  test('refuses a panelist whom its provider blocked', async () => {
    const surveyId = await api.stock('kantar-us', {})
    const who = someone()
    await api.database.knex('panelist_blocks').insert({
      panel: 'lifepoints',
      panelist_id: who,
      connection: 'kantar-us',
      survey_id: '',
      until: new Date(Date.now() + 60_000),
      reason: 'test',
      blocked_at: new Date(),
    })
    expect(faultsOf(await create(surveyId, { panelist_id: who }))).toEqual(['qualification panelist_id'])
  })
})
