import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { operations } from '../../api/openapi/document.js'
import type { Profile } from '../../domain/panelist.js'
import { as, KEYS, type RouterApi, startRouterApi } from '../support/router-api.js'
import { allPages, readPage } from './pages.js'

let api: RouterApi
beforeAll(async () => {
  api = await startRouterApi()
  // like the sandbox: surveys of a provider and a plan, for women and men of most ages
  const sex = { attribute: 'kantar:sex', answers: ['female', 'male'] }
  await api.stock('kantar-us', { clauses: [sex, { attribute: 'kantar:age', ranges: [{ from: 18, to: 65 }] }] })
  await api.launch({ qualifications: [], quotas: [] })
  await vi.waitFor(
    async () => expect((await panel().post('/v1/surveys/match', WOMAN)).body.offers.length).toBe(2),
    10_000,
  )
}, 60_000)
afterAll(() => api.close())

const WOMAN = { panelist_id: 'ready', country: 'USA', profile: { age: 34, sex: 'female' } }
const panel = () => as(api, 'lifepoints')

/** The example of a request body as /openapi.json and /docs show it. */
function exampleOf(method: string, path: string): object {
  const operation = operations.find((one) => one.method === method && one.path === path)
  return (operation?.body?.schema.meta()?.example ?? {}) as object
}

interface Command {
  readonly method: 'get' | 'put' | 'post'
  readonly path: string
  readonly body: string | null
}

/** The curl commands of a page: what a reader would paste. */
function commandsOf(file: string): Command[] {
  const blocks = [...readPage(file).text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block)
  const lines = blocks.flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'))
  return lines.flatMap((line): Command[] => {
    const path = /^curl .*?(?:\$TRIBUTARY|http:\/\/localhost:8080)(\/[^\s"]*)/.exec(line)?.[1]
    if (path === undefined) return []
    const body = / -d '([^']*)'/.exec(line)?.[1] ?? null
    const named = / -X (\w+)/.exec(line)?.[1]?.toLowerCase() ?? (body === null ? 'get' : 'post')
    return [{ method: named as Command['method'], path, body }]
  })
}

describe('the examples that panels are shown', () => {
  it('match in the reference: offers and no warning', async () => {
    const answer = await panel().post('/v1/surveys/match', exampleOf('post', '/v1/surveys/match'))
    expect(answer.body.offers.length, answer.text).toBeGreaterThan(0)
    expect(answer.body).not.toHaveProperty('warnings')
  })

  it('create a panelist, a session and a router session in the reference', async () => {
    const stored = await panel().put('/v1/panelists/p-1001', exampleOf('put', '/v1/panelists/{panelist_id}'))
    expect(stored.status, stored.text).toBe(200)
    expect(stored.body).not.toHaveProperty('warnings')
    const { offers } = (await panel().post('/v1/surveys/match', { panelist_id: 'p-1001' })).body
    const session = { ...exampleOf('post', '/v1/sessions'), offer_id: offers[0].offer_id }
    expect((await panel().post('/v1/sessions', session)).status).toBe(201)
    const plan = await api.launch({ qualifications: [] })
    const { target_quota_id: _named, ...survey } = exampleOf('post', '/panels/{panelId}/session/{token}') as Record<
      string,
      unknown
    >
    const started = await panel().post(api.creationPath(plan), survey)
    expect(started.status, started.text).toBe(200)
  })

  it('succeed: every curl of docs/api.md that a panel runs', async () => {
    const commands = commandsOf('docs/api.md').filter(({ path }) => !/^\/v1\/(finance|ops)\//.test(path))
    expect(commands.length).toBeGreaterThan(7)
    // the panelist of the examples took part in the earlier surveys
    await api.stock('kantar-us', {})
    const there = async () => (await panel().post('/v1/surveys/match', { ...WOMAN, panelist_id: 'p-1001' })).body.offers
    await expect.poll(async () => (await there()).length, { timeout: 10_000 }).toBeGreaterThan(0)
    let [offerId, sessionId] = ['', '']
    for (const { method, path, body } of commands) {
      // there is a message once a session has ended
      if (path.includes('MESSAGE_ID')) continue
      const address = path.replace('SESSION_ID', sessionId)
      const sent = request(api.app)[method](address).set('x-api-key', KEYS.lifepoints).redirects(0)
      const answer = await (body === null ? sent : sent.send(JSON.parse(body.replace('"…"', `"${offerId}"`))))
      expect(answer.status, `${method} ${address}: ${answer.text}`).toBeLessThan(300)
      expect(answer.body, path).not.toHaveProperty('warnings')
      if (path === '/v1/surveys/match') {
        expect(answer.body.offers.length).toBeGreaterThan(0)
        offerId = answer.body.offers.at(-1).offer_id
      }
      if (path === '/v1/sessions') sessionId = answer.body.session_id
    }
  })

  it('use known attributes and answers in every profile on a page', () => {
    const found = allPages().flatMap(({ file, text }) =>
      [...text.matchAll(/"?(?:panelist_)?profile"?: ?(\{[^{}]*\})/g)].flatMap(([, json = '']) => {
        try {
          return [{ file, profile: JSON.parse(json) as Profile }]
        } catch {
          return []
        }
      }),
    )
    expect(found.length).toBeGreaterThan(3)
    for (const { file, profile } of found) {
      expect(
        api.deps.words.warningsFor(profile, () => false),
        `${file}: ${JSON.stringify(profile)}`,
      ).toEqual([])
    }
  })
})
