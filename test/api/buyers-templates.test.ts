import request from 'supertest'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { aTemplate, type BuyersApi, buyer, KEYS, manager, seed002, startBuyersApi } from './buyers-support.js'

let api: BuyersApi
beforeAll(async () => {
  api = await startBuyersApi()
})
afterAll(() => api.close())
afterEach(async () => {
  await api.knex('templates').delete()
})

describe('GET /buyers/v2/templates', () => {
  const austria = { folder: 'Austria-German', name: 'Age, Education, Postal codes', title: 'Austria - German' }

  it('answers the document’s own lists, by folder', async () => {
    await buyer(api).putTemplate(26)
    await buyer(api).putTemplate(30, austria)
    const plain = await buyer(api).templates('?UI=0')
    expect(plain.status).toBe(200)
    expect(byFolder(plain.body)).toEqual(byFolder(seed002('list-ui-0')))
    expect((await buyer(api).templates()).body).toEqual(plain.body)
    expect(byFolder((await buyer(api).templates('?UI=1')).body)).toEqual(byFolder(seed002('list-ui-1')))
    await buyer(api).putTemplate(31, { name: 'Another' })
    const [canada] = byFolder((await buyer(api).templates()).body).slice(-1)
    expect(canada?.templates.map(({ id }: { id: number }) => id)).toEqual([26, 31])
  })

  it('shows a buyer its own, the default and the shared ones, and hides other sharing', async () => {
    await buyer(api).putTemplate(1)
    await buyer(api).putTemplate(2, { visibility: 'shared', shared_with: [146, 147] })
    await manager(api, 'operator').putTemplate(3, { visibility: 'default' })
    await manager(api, 'operator').putTemplate(4, { visibility: 'shared', shared_with: [146] })
    await manager(api, 'operator').putTemplate(5)
    const seen = async (name: 'acme' | 'rival') => {
      const { body } = await buyer(api, name).templates('?UI=1')
      return (body as { templates: Record<string, unknown>[] }[]).flatMap(({ templates }) =>
        templates.map(({ id, owner, shared_with, isOwner, is_service_buyer }) => [
          id,
          owner,
          shared_with,
          isOwner,
          is_service_buyer,
        ]),
      )
    }
    expect(await seen('acme')).toEqual([
      [1, 145, [145], true, false],
      [2, 145, [146, 147], true, false],
      [3, 0, [], false, true],
    ])
    expect(await seen('rival')).toEqual([
      [2, 145, [146], false, false],
      [3, 0, [], false, true],
      [4, 0, [146], false, true],
    ])
  })

  it('is for buyers with the feature and their access-token, and accepts UI=0 or 1', async () => {
    const off = await buyer(api, 'bare').templates('?UI=0')
    expect([off.status, off.body]).toEqual([403, seed002('error-1018')])
    for (const UI of ['2', '', 'true']) {
      const answer = await buyer(api).templates(`?UI=${UI}`)
      expect(answer.status, UI).toBe(400)
      expect(answer.body).toEqual({
        ps_api_response_code: 1001,
        ps_api_response_message: 'UI: must be 0 or 1',
        errors: [{ field: 'UI', message: 'must be 0 or 1' }],
      })
    }
    const get = (header: string, key: string) => request(api.app).get('/buyers/v2/templates').set(header, key)
    for (const [header, key] of [
      ['access-token', 'nobody'],
      ['access-token', KEYS.lifepoints],
      ['access-token', KEYS.operator],
      ['x-api-key', KEYS.acme],
    ] as const) {
      const answer = await get(header, key)
      expect([answer.status, answer.body.ps_api_response_code], key).toEqual([401, 1002])
      expect(Object.keys(answer.body)).toEqual(['ps_api_response_code', 'ps_api_response_message'])
    }
  })
})

describe('/v1/templates/{id}', () => {
  it('creates with 201, replaces with 200, returns what was put, deletes with 204', async () => {
    const survey = { ...seed002('request-template-15'), template_id: undefined, source: 'kept for the buyer' }
    const put = await buyer(api).put(26, aTemplate({ survey }))
    const expected = {
      id: 26,
      owner: 145,
      ...aTemplate({ shared_with: [145], survey: JSON.parse(JSON.stringify(survey)) }),
    }
    expect([put.status, put.body]).toEqual([201, expected])
    expect((await buyer(api).get(26)).body).toEqual(expected)
    // a template that was read can be put again
    const again = await buyer(api).put(26, { ...expected, name: 'Renamed' })
    expect([again.status, again.body]).toEqual([200, { ...expected, name: 'Renamed' }])
    expect((await buyer(api).get(26)).body.name).toBe('Renamed')
    expect((await buyer(api).remove(26)).status).toBe(204)
    expect((await buyer(api).remove(26)).status).toBe(404)
    expect((await buyer(api).get(26)).status).toBe(404)
  })

  it('answers 404 for another buyer’s template, shared or not', async () => {
    await buyer(api).putTemplate(7, { visibility: 'shared', shared_with: [146] })
    const there = [
      await buyer(api, 'rival').get(7),
      await buyer(api, 'rival').put(7, aTemplate()),
      await buyer(api, 'rival').remove(7),
    ]
    const absent = await buyer(api, 'rival').get(8)
    expect(absent.status).toBe(404)
    expect(absent.headers['content-type']).toContain('application/problem+json')
    for (const answer of there) expect([answer.status, answer.text]).toEqual([404, absent.text])
    expect((await buyer(api).get(7)).body.owner).toBe(145)
  })

  it('lets operators alone change default templates and other owners’', async () => {
    expect((await buyer(api).put(1, aTemplate({ visibility: 'default' }))).status).toBe(403)
    expect((await buyer(api).put(1, aTemplate({ owner: 146 }))).status).toBe(403)
    expect((await buyer(api).put(1, aTemplate({ owner: 145 }))).status).toBe(201)
    const operator = manager(api, 'operator')
    expect((await operator.put(2, aTemplate({ visibility: 'default' }))).body).toMatchObject({
      owner: 0,
      shared_with: [],
    })
    expect((await operator.put(3, aTemplate({ owner: 146 }))).body).toMatchObject({ owner: 146, shared_with: [146] })
    expect((await buyer(api, 'rival').get(3)).status).toBe(200)
    // an operator's edit of a buyer's template keeps its owner
    expect((await operator.put(1, aTemplate({ name: 'Mended' }))).body.owner).toBe(145)
    expect((await operator.put(1, aTemplate({ owner: 999 }))).body.errors).toEqual([
      { field: 'owner', message: 'buyer 999 not found' },
    ])
    expect((await buyer(api).get(2)).status).toBe(404)
    for (const [key, status] of [
      [KEYS.lifepoints, 403],
      ['nobody', 401],
    ] as const) {
      expect((await request(api.app).get('/v1/templates/1').set('x-api-key', key)).status).toBe(status)
    }
    expect((await request(api.app).get('/v1/templates/1')).status).toBe(401)
  })

  it('names every fault', async () => {
    const bad = { visibility: 'public', shared_with: [145, 145], survey: { expected_ir: 0 }, colour: 'red' }
    const answer = await buyer(api).put(1, bad)
    expect(answer.status).toBe(400)
    const fields = answer.body.errors.map(({ field }: { field: string }) => field)
    expect(fields.toSorted()).toEqual(
      ['colour', 'folder', 'name', 'shared_with', 'survey.expected_ir', 'title', 'visibility'].toSorted(),
    )
    expect((await buyer(api).put('abc', aTemplate())).status).toBe(400)
    expect((await buyer(api).put(2_147_483_648, aTemplate())).status).toBe(400)
    expect((await buyer(api).put(1, aTemplate({ id: 2 }))).body.errors[0].field).toBe('id')
    expect((await buyer(api).put(1, aTemplate({ shared_with: [146] }))).body.errors[0].field).toBe('shared_with')
    expect((await buyer(api).list()).body).toEqual({ templates: [], next_cursor: null })
  })

  it('lists a buyer’s own templates, and all for an operator, page by page', async () => {
    for (const id of [5, 3, 9]) await buyer(api).putTemplate(id)
    await buyer(api, 'rival').putTemplate(4)
    const ids = (body: { templates: { id: number }[] }) => body.templates.map(({ id }) => id)
    expect(ids((await buyer(api).list()).body)).toEqual([3, 5, 9])
    const first = await manager(api, 'operator').list('?limit=2')
    expect([ids(first.body), first.body.next_cursor]).toEqual([[3, 4], '4'])
    const second = await manager(api, 'operator').list(`?limit=2&cursor=${first.body.next_cursor}`)
    expect([ids(second.body), second.body.next_cursor]).toEqual([[5, 9], null])
    expect((await buyer(api).list('?limit=0')).status).toBe(400)
  })

  it('is created once when two requests put it at the same time', async () => {
    const answers = await Promise.all([
      buyer(api).put(77, aTemplate()),
      buyer(api, 'rival').put(77, aTemplate()),
      buyer(api).put(77, aTemplate()),
    ])
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 404).length).toBeGreaterThan(0)
  })
})

interface Folder {
  readonly folder: string
  readonly templates: { id: number }[]
}
const byFolder = (list: Folder[]) => list.toSorted((left, right) => left.folder.localeCompare(right.folder))
