import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { as, type RouterApi, startRouterApi } from '../support/router-api.js'

let api: RouterApi
let plan: string
let survey: string
beforeAll(async () => {
  api = await startRouterApi()
  plan = await api.launch({ qualifications: [], quotas: [] })
  survey = await api.stock('kantar-us', {})
  await vi.waitFor(
    async () => expect((await match({ panelist_id: 'grown-up', profile: { age: 34 } })).length).toBe(2),
    10_000,
  )
}, 60_000)
afterAll(() => api.close())

const panel = () => as(api, 'lifepoints')
interface Offer {
  readonly offer_id: string
  readonly connection: string
  readonly survey_id: string
}
async function match(body: object): Promise<Offer[]> {
  const answer = await panel().post('/v1/surveys/match', { country: 'USA', ...body })
  expect(answer.status, answer.text).toBe(200)
  return answer.body.offers
}
async function store(panelistId: string, body: object): Promise<void> {
  const answer = await putPanelist(panelistId, body)
  expect(answer.status, answer.text).toBe(200)
}
const putPanelist = (panelistId: string, body: object) =>
  as(api, 'lifepoints').put(`/v1/panelists/${panelistId}`, { country: 'USA', profile: {}, ...body })

const CHILD = { age: '12' }

describe('a panelist below the age floor', () => {
  it.each([
    ['by age', { profile: { age: 12 } }],
    ['by age as text', { profile: CHILD }],
    ['by date of birth', { profile: {}, date_of_birth: '2015-06-01' }],
    ["by a provider's own word", { profile: { 'toluna:1001538': '2006351' } }],
  ])('is offered nothing: %s', async (_name, body) => {
    const ask = vi.spyOn(api.deps.live, 'ask')
    expect(await match({ panelist_id: 'child', ...body })).toEqual([])
    expect(ask.mock.calls.map(([, connections]) => connections)).toEqual([[]])
    ask.mockRestore()
  })

  it('is offered nothing when the stored date of birth says so, whatever the request’s profile', async () => {
    await store('stored-child', { date_of_birth: '2015-06-01' })
    expect(await match({ panelist_id: 'stored-child' })).toEqual([])
    expect(await match({ panelist_id: 'stored-child', profile: { sex: 'male' } })).toEqual([])
    expect((await match({ panelist_id: 'stored-child', date_of_birth: '1990-04-23' })).length).toBe(2)
  })

  it.each(['gateway', 'kantar-us'])('opens no session by an offer of %s', async (connection) => {
    const offers = await match({ panelist_id: 'unsaid' })
    const offer = offers.find((one) => one.connection === connection)
    expect(offer).toBeDefined()
    const sent = { offer_id: offer?.offer_id, panelist_id: 'unsaid' }
    const refused = await panel().post('/v1/sessions', { ...sent, profile: CHILD })
    expect([refused.status, refused.body.code]).toEqual([409, 'below_minimum_age'])
    expect((await panel().post('/v1/sessions', { ...sent, profile: { age: 16 } })).status).toBe(201)
  })

  it('opens no session of a plan or of a provider at the router', async () => {
    for (const id of [plan, survey]) {
      const refused = await panel().post(api.creationPath(id), {
        panelist_id: 'router-child',
        panelist_profile: { date_of_birth: '2015-06-01' },
      })
      expect([refused.status, refused.body.details[0].constraint]).toEqual([400, 'minimum_age'])
    }
    expect(await api.database.knex('sessions').where({ panelist_id: 'router-child' })).toEqual([])
  })

  it('gets the reason', async () => {
    await store('curious-child', { profile: { age: 12 } })
    const { body } = await panel().get(`/v1/surveys/${survey}/explain?panelist_id=curious-child`)
    expect(body.verdict).toBe('no')
    expect(body.rules).toContainEqual({ rule: 'minimum_age', wanted: '16 or older', given: '12', holds: false })
  })
})

it('a market may have its own floor; without a known age there is none', async () => {
  expect((await match({ panelist_id: 'seventeen', profile: { age: 17 } })).length).toBe(2)
  const market = api.deps.panels.get('lifepoints')?.markets.USA as { minimumAge: number | null }
  market.minimumAge = 18
  expect(await match({ panelist_id: 'seventeen', profile: { age: 17 } })).toEqual([])
  expect((await match({ panelist_id: 'ageless', profile: {} })).length).toBe(2)
  market.minimumAge = null
})
