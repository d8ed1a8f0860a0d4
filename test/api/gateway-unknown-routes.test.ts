import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BUYERS, type DemandApi, PANEL_KEY, PLATFORM_KEY, startDemandApi } from './demand-support.js'

let api: DemandApi
beforeAll(async () => {
  api = await startDemandApi()
})
afterAll(() => api.close())

type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete'
const ask = (verb: Verb, path: string, key: string) =>
  request(api.app)[verb](path).set('x-api-key', key).set('access-token', key)

describe('an address or a method that a seed does not have', () => {
  it.each<[Verb, string, string]>([
    ['get', '/survey-plan', BUYERS.acme],
    ['put', '/survey-plans/x', BUYERS.acme],
    ['get', '/survey-plans/x/quotas/y', BUYERS.acme],
    ['post', '/targeting-attributes', BUYERS.acme],
    ['delete', '/targeting-panels', BUYERS.acme],
    ['post', '/surveys', PANEL_KEY],
    ['get', '/surveys/ack', PANEL_KEY],
    ['get', '/panels/lifepoints/session/x', PANEL_KEY],
    ['delete', '/sessions/x', PLATFORM_KEY],
    ['put', '/panelist-outcome', PLATFORM_KEY],
    ['get', '/panelist-outcome', PLATFORM_KEY],
  ])('%s %s is 404 in the format of the Kantar Gateway API', async (verb, path, key) => {
    const answer = await ask(verb, path, key)
    expect([answer.status, answer.type]).toEqual([404, 'application/json'])
    expect(answer.body).toEqual({ code: '404', message: 'Address not found', success: false })
  })

  it('is 404 in the formats of the PureSpectrum Buy API and the PureSpectrum Supply API', async () => {
    const buyer = await ask('patch', '/buyers/v2/surveys/1', BUYERS.acme)
    expect([buyer.status, buyer.type]).toEqual([404, 'application/json'])
    expect(buyer.body).toMatchObject({ ps_api_response_message: 'Address not found' })
    const supplier = await ask('post', '/suppliers/v2/surveys', PANEL_KEY)
    expect([supplier.status, supplier.type]).toEqual([404, 'application/json'])
    expect(supplier.body).toEqual({ apiStatus: 'failure', msg: 'Address not found' })
  })

  it('is problem+json everywhere else, next to the documents’ addresses too', async () => {
    for (const path of ['/v1/nothing', '/nothing', '/survey-planner', '/buyers/v3']) {
      const answer = await ask('get', path, BUYERS.acme)
      expect([answer.status, answer.type], path).toEqual([404, 'application/problem+json'])
    }
  })
})
