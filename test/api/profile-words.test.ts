import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { as, type RouterApi, startRouterApi } from '../support/router-api.js'

let api: RouterApi
beforeAll(async () => {
  api = await startRouterApi()
}, 60_000)
afterAll(() => api.close())

const panel = () => as(api, 'lifepoints')

describe('GET /v1/attributes', () => {
  it('lists a profile’s attributes, and the connections that each counts for', async () => {
    const { status, body } = await panel().get('/v1/attributes?country=USA')
    expect(status).toBe(200)
    const byId = new Map(body.attributes.map((one: { id: string }) => [one.id, one]))
    expect([...byId.keys()]).toEqual(['age', 'sex', 'pets', 'date_of_birth', 'postal_code', 'region'])
    expect(byId.get('sex')).toEqual({
      id: 'sex',
      text: 'What do you most closely identify as?',
      type: 'single_choice',
      how: 'The id of one answer, as text',
      example: 'male',
      countries: ['USA', 'GBR'],
      answers: [
        { id: 'male', text: 'Male' },
        { id: 'female', text: 'Female' },
      ],
      providers: ['kantar', 'purespectrum', 'toluna', 'gateway'],
      connections: ['kantar-us', 'spectrum', 'toluna-us', 'gateway'],
    })
    expect(byId.get('pets')).toMatchObject({ providers: ['kantar', 'gateway'] })
  })

  it('leaves out attributes of other countries and connections the panel may not use', async () => {
    const { body } = await as(api, 'toplife').get('/v1/attributes?country=DEU')
    expect(body.attributes.map((one: { id: string }) => one.id)).toEqual([
      'age',
      'date_of_birth',
      'postal_code',
      'region',
    ])
    expect(body.attributes[0].connections).toEqual(['kantar-us', 'gateway'])
  })

  it('is for panels, and accepts only `country`', async () => {
    expect((await as(api, 'acme').get('/v1/attributes')).status).toBe(403)
    expect((await panel().get('/v1/attributes?country=us')).status).toBe(400)
    expect((await panel().get('/v1/attributes?county=USA')).status).toBe(400)
  })
})

describe('warnings', () => {
  const match = async (profile: object) => {
    const answer = await panel().post('/v1/surveys/match', { panelist_id: 'p', country: 'USA', profile })
    expect(answer.status, answer.text).toBe(200)
    return answer.body.warnings
  }

  it.each([
    ['a name of ours', { gender: 'f' }, { attribute: 'gender', value: 'f', did_you_mean: 'sex: female' }],
    ["a provider's code", { sex: '1' }, { attribute: 'sex', value: '1', did_you_mean: 'sex: male' }],
    ['a number', { sex: 2 }, { attribute: 'sex', value: '2', did_you_mean: 'sex: female' }],
    ['another case', { sex: 'Female' }, { attribute: 'sex', value: 'Female', did_you_mean: 'sex: female' }],
    ['a slip', { sex: 'femal' }, { attribute: 'sex', value: 'femal', did_you_mean: 'sex: female' }],
    ['the text of an answer', { pets: '2|Cats' }, { attribute: 'pets', value: 'Cats', did_you_mean: 'pets: 1' }],
    ['an age in words', { age: 'thirty' }, { attribute: 'age', value: 'thirty', did_you_mean: null }],
    [
      'a postal code by another name',
      { zip: '94107' },
      { attribute: 'zip', value: '94107', did_you_mean: 'postal_code: 94107' },
    ],
    [
      'a birthday',
      { dob: '1990-04-23' },
      { attribute: 'dob', value: '1990-04-23', did_you_mean: 'date_of_birth: 1990-04-23' },
    ],
    ['nothing like ours', { shoe: '44' }, { attribute: 'shoe', value: '44', did_you_mean: null }],
    ['an unknown provider', { 'acme:7': '1' }, { attribute: 'acme:7', value: '1', did_you_mean: null }],
    ['a name of Object.prototype', { tostring: '1' }, { attribute: 'tostring', value: '1', did_you_mean: null }],
  ])('name %s', async (_name, profile, warning) => {
    expect(await match(profile)).toEqual([warning])
  })

  it('are absent for a known profile', async () => {
    const profile = {
      age: '34',
      sex: 'male',
      pets: ['1', '2'],
      postal_code: '94107',
      'toluna:1001033': '2000441',
      date_of_birth: '1990-04-23',
    }
    expect(await match(profile)).toBeUndefined()
  })

  it('are at most 20, and short', async () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`unknown${index}`, 'x'.repeat(100)]))
    const warnings = await match(many)
    expect(warnings.length).toBe(20)
    expect(JSON.stringify(warnings).length).toBeLessThan(4_000)
  })

  it('come with a stored profile and with a session, which they do not refuse', async () => {
    const stored = await panel().put('/v1/panelists/w-1', { country: 'USA', profile: { gender: 'f' } })
    expect(stored.body.warnings).toEqual([{ attribute: 'gender', value: 'f', did_you_mean: 'sex: female' }])
    expect((await panel().get('/v1/panelists/w-1')).body).not.toHaveProperty('warnings')
    await api.stock('kantar-us', {})
    const offer = await untilOffered('w-1')
    const answer = await panel().post('/v1/sessions', { offer_id: offer, panelist_id: 'w-1', profile: { sex: '2' } })
    expect(answer.status, answer.text).toBe(201)
    expect(answer.body.warnings).toEqual([{ attribute: 'sex', value: '2', did_you_mean: 'sex: female' }])
  })

  it('do not name an attribute that a live survey of the gateway uses', async () => {
    expect((await match({ income: '7' }))?.[0]).toMatchObject({ attribute: 'income' })
    await api.stock('kantar-us', { clauses: [{ attribute: 'kantar:income', answers: ['7'] }] })
    await expect.poll(() => match({ income: '7' }), { timeout: 10_000 }).toBeUndefined()
  })
})

async function untilOffered(panelistId: string): Promise<string> {
  let offers: { offer_id: string }[] = []
  await expect
    .poll(
      async () => {
        offers = (await panel().post('/v1/surveys/match', { panelist_id: panelistId })).body.offers
        return offers.length
      },
      { timeout: 10_000 },
    )
    .toBeGreaterThan(0)
  return offers[0]?.offer_id ?? ''
}
