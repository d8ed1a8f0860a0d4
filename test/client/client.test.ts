import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ZodObject, type ZodType } from 'zod'
import { operations } from '../../api/openapi/document.js'
import { OperatorClient, PanelClient, TributaryError } from '../../client/index.js'
import { money } from '../../domain/money.js'
import { anEndedSession, KEYS, type ReadingApi, startReadingApi } from '../api/reading-support.js'

let api: ReadingApi
let server: Server
let alpha: PanelClient
let operator: OperatorClient
beforeAll(async () => {
  api = await startReadingApi()
  server = api.app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  alpha = new PanelClient({ baseUrl, apiKey: KEYS.alpha })
  operator = new OperatorClient({ baseUrl, apiKey: KEYS.all })
})
afterAll(async () => {
  server.close()
  await api.close()
})

/** The 200 or 202 that an address documents, to compare answers with. */
function documented(method: string, path: string): ZodType {
  const found = operations.find((operation) => operation.method === method && operation.path === path)
  const schema = found?.answers[200]?.schema ?? found?.answers[202]?.schema
  if (schema === undefined) throw new Error(`${method} ${path} documents no answer`)
  return schema instanceof ZodObject ? schema.strict() : schema
}

describe('the client', () => {
  it('stores and reads panelists whose ids need encoding', async () => {
    const id = 'a/b ?#ü'
    const stored = await alpha.putPanelist(id, { country: 'USA', profile: { age: 34 } })
    expect(stored.profile.age).toBe(34)
    expect(await alpha.getPanelist(id)).toEqual(stored)
    documented('put', '/v1/panelists/{panelist_id}').parse(stored)
  })

  it('iterates over all sessions, and every answer matches the document', async () => {
    const at = new Date()
    const made = []
    for (let index = 0; index < 5; index++)
      made.push((await anEndedSession(api.knex, at, { surveyId: `s${index}`, price: money(100, 'USD') })).sessionId)
    const found = []
    for await (const session of alpha.sessions({ limit: 2, outcome: 'COMPLETED' })) found.push(session.session_id)
    expect(found.toSorted()).toEqual(made.toSorted())

    const [first = ''] = made
    documented('get', '/v1/sessions').parse(await alpha.listSessions())
    documented('get', '/v1/sessions/{session_id}').parse(await alpha.getSession(first))
    const { postbacks } = await alpha.listPostbacks(first)
    documented('get', '/v1/postbacks').parse({ postbacks })
    const redelivery = await alpha.redeliver(postbacks[0]?.id ?? '')
    expect(documented('post', '/v1/postbacks/{id}/redeliver').parse(redelivery)).toMatchObject({ state: 'pending' })

    documented('get', '/v1/finance/ledger').parse(await operator.ledger({ account: 'revenue:alpha' }))
    documented('get', '/v1/finance/trial-balance').parse(await operator.trialBalance())
    documented('get', '/v1/ops/connections').parse(await operator.connections())
    documented('get', '/v1/ops/quarantine').parse(await operator.quarantine({ state: 'open' }))
    const csv = await new Response(await operator.completes({ connection: 'kantar-us' })).text()
    expect(csv.split('\n').length).toBe(made.length + 2)
  })

  it('throws the API’s message with its status and code', async () => {
    const missing: unknown = await alpha.getSession(randomUUID()).catch((error: unknown) => error)
    expect(missing).toBeInstanceOf(TributaryError)
    expect(missing).toMatchObject({ status: 404, code: 'not_found' })

    const bad = await alpha.putPanelist('p', { country: 'US', profile: {} }).catch((error: unknown) => error)
    expect(bad).toMatchObject({ status: 400, problem: { errors: [{ field: 'country' }] } })

    const away = await operator.resume('kantar-us').catch((error: unknown) => error)
    expect(away).toMatchObject({ status: 503, code: 'temporal_unavailable', retryAfterSeconds: 5 })

    const nobody = new PanelClient({ baseUrl: 'http://127.0.0.1:1', apiKey: 'x' })
    await expect(nobody.getSession('x')).rejects.toMatchObject({ status: 0, code: 'no_answer' })
  })
})
