import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buyerOf, type DemandApi, startDemandApi } from './demand-support.js'

let api: DemandApi
let acme: ReturnType<typeof buyerOf>
beforeAll(async () => {
  api = await startDemandApi()
  acme = buyerOf(api)
})
afterAll(() => api.close())

const AGE = {
  id: 'age',
  text: 'What is your age?',
  answer_type: 'range',
  range_limits: { start: 16, end: 100 },
}
const SEX = {
  id: 'sex',
  text: 'What do you most closely identify as?',
  answer_type: 'single_choice',
  supported_countries: ['USA', 'GBR'],
  answers: [
    { id: 'male', text: 'Male' },
    { id: 'female', text: 'Female' },
  ],
}

describe('targeting attributes', () => {
  test('are complete without a country, each with ranges or answers', async () => {
    const { status, body } = await acme.get('/targeting-attributes')
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['targeting_attributes'])
    const [age, sex, pets] = body.targeting_attributes
    expect(age).toEqual(AGE)
    expect(sex).toEqual(SEX)
    expect(pets).toMatchObject({ id: 'pets', answer_type: 'multi_punch', supported_countries: ['USA'] })
    expect(pets.answers).toHaveLength(10)
    expect(pets.answers[0]).toEqual({ id: '2', text: 'Dog(s)', exclusive_multi_punch_answer: false })
    const exclusive = pets.answers.filter(
      (one: { exclusive_multi_punch_answer: boolean }) => one.exclusive_multi_punch_answer,
    )
    expect(exclusive.map((one: { id: string }) => one.id)).toEqual(['5', '11'])
  })

  test.each([
    ['USA', ['age', 'sex', 'pets']],
    ['GBR', ['age', 'sex']],
    ['FRA', ['age']],
  ])('of %s are %j', async (country, ids) => {
    const { body } = await acme.get(`/targeting-attributes?country=${country}`)
    expect(body.targeting_attributes.map((one: { id: string }) => one.id)).toEqual(ids)
  })
})

const USA = { locales: ['en-US', 'es-US'], currency: 'USD' }
const GBR = { locales: ['en-GB'], currency: 'GBP' }
const CHE = { locales: ['de-CH', 'fr-CH', 'it-CH'], currency: 'CHF' }

describe('targeting panels', () => {
  test.each([
    ['', { lifepoints: { USA, GBR }, OpinionBar: { USA, CHE } }],
    ['?country=USA', { lifepoints: { USA }, OpinionBar: { USA } }],
    ['?country=CHE', { OpinionBar: { CHE } }],
    ['?country=FRA', {}],
    ['?panel=lifepoints', { lifepoints: { USA, GBR } }],
    ['?panel=OPINIONBAR&country=USA', { OpinionBar: { USA } }],
    ['?panel=lifepoints&country=CHE', {}],
    ['?panel=nobody', {}],
    ['?panel=outsider', {}],
    ['?panel=__proto__', {}],
  ])('%s', async (query, wanted) => {
    const { status, body } = await acme.get(`/targeting-panels${query}`)
    expect({ status, body }).toEqual({ status: 200, body: wanted })
  })
})

test.each(['US', 'usa', 'XXX', '', '%00', 'USA&country=GBR'])(
  'an unknown or invalid country (%s) is a fault',
  async (country) => {
    for (const path of ['/targeting-attributes', '/targeting-panels']) {
      const { status, body } = await acme.get(`${path}?country=${country}`)
      expect({ status, body }).toEqual({
        status: 400,
        body: {
          code: '400',
          message: expect.any(String),
          details: [{ constraint: expect.any(String), field: 'country', message: expect.any(String) }],
        },
      })
    }
  },
)
