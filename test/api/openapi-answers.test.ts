import type { Express } from 'express'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../api/app.js'
import { RateLimiter } from '../../api/http/rate-limit.js'
import { openApiDocument, operations } from '../../api/openapi/document.js'
import type { Operation } from '../../api/openapi/operation.js'
import type { Knex } from '../../db/connect.js'
import { DocumentSchemas, pointerPart } from '../support/openapi.js'
import { KEYS, type ReadingApi, startReadingApi } from './reading-support.js'

const document = openApiDocument('http://tributary.example')
const schemas = new DocumentSchemas(document)

let api: ReadingApi
beforeAll(async () => {
  api = await startReadingApi()
})
afterAll(() => api.close())

const RIGHT_KEY = {
  panel: KEYS.alpha,
  operator: KEYS.all,
  demand_partner: KEYS.buyer,
  survey_platform: KEYS.platform,
  anyone: '',
} as const

/** A request to every operation that it fits, and the status that at least one of them answers. */
interface Probe {
  readonly name: string
  readonly status: number
  readonly fits: (operation: Operation) => boolean
  readonly key?: (operation: Operation) => string
  readonly path?: (path: string) => string
  readonly body?: { readonly type: string; readonly text: string; readonly encoding?: string }
  readonly given?: () => Partial<ReadingApi['deps']>
}

const isKeyed = ({ audience }: Operation) => audience !== 'anyone'
const takesJson = (operation: Operation) =>
  isKeyed(operation) && operation.body !== undefined && operation.body.contentType === undefined
/** A database where every statement fails. */
function refusing(error: Error): Knex {
  const statement: object = new Proxy(() => undefined, {
    apply: () => statement,
    get: (_target, name) =>
      name === 'then' ? (_done: unknown, failed: (reason: Error) => void) => failed(error) : statement,
  })
  return statement as Knex
}
/** A limiter whose buckets are all empty. */
class Exhausted extends RateLimiter {
  override take(): number {
    return 1
  }
}
const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

const PROBES: readonly Probe[] = [
  { name: 'no key', status: 401, fits: isKeyed, key: () => '' },
  { name: 'an unknown key', status: 401, fits: isKeyed, key: () => 'nobodys-key' },
  {
    name: 'a key of another kind',
    status: 403,
    fits: (operation) => isKeyed(operation) && (operation.errors ?? 'problem') === 'problem',
    key: ({ audience }) => (audience === 'survey_platform' ? KEYS.alpha : KEYS.platform),
  },
  {
    name: 'a key of another kind, where that is like none',
    status: 401,
    fits: (operation) => isKeyed(operation) && (operation.errors ?? 'problem') !== 'problem',
    key: ({ audience }) => (audience === 'panel' ? KEYS.buyer : KEYS.alpha),
  },
  {
    name: 'too many requests',
    status: 429,
    fits: isKeyed,
    given: () => ({ limiter: new Exhausted(1, 1) }),
  },
  { name: 'broken JSON', status: 400, fits: takesJson, body: { type: 'application/json', text: '{"a":' } },
  { name: 'another content type', status: 415, fits: takesJson, body: { type: 'text/plain', text: 'hello' } },
  {
    name: 'an unknown encoding',
    status: 415,
    fits: takesJson,
    body: { type: 'application/json', text: '{}', encoding: 'squash' },
  },
  {
    name: 'a body too large',
    status: 413,
    fits: takesJson,
    body: { type: 'application/json', text: JSON.stringify({ a: 'x'.repeat(1_100_000) }) },
  },
  {
    name: 'an address that cannot be decoded',
    status: 400,
    fits: ({ path }) => path.includes('{'),
    path: (path) => path.replace(/\{\w+\}/, '%E0%A4%A'),
  },
  { name: 'PostgreSQL away', status: 503, fits: () => true, given: () => ({ knex: refusing(away) }) },
  { name: 'a fault of ours', status: 500, fits: () => true, given: () => ({ knex: refusing(new Error('a fault')) }) },
  { name: 'an id that is not there', status: 404, fits: ({ path }) => path.includes('{') },
]

const ID = '3f0c1d52-6a3e-4b61-9a53-2f1d0b7c9e10'

async function answerTo(app: Express, probe: Probe, operation: Operation) {
  const { method, path, keyHeader = 'x-api-key', body } = operation
  const address = (probe.path?.(path) ?? path).replace(/\{\w+\}/g, ID)
  const key = probe.key?.(operation) ?? RIGHT_KEY[operation.audience]
  const sent = request(app)[method](address).redirects(0)
  if (key !== '') void sent.set(keyHeader, key)
  if (probe.body !== undefined) {
    void sent.set('content-type', probe.body.type)
    if (probe.body.encoding !== undefined) void sent.set('content-encoding', probe.body.encoding)
    return sent.send(probe.body.text)
  }
  const example = body?.schema.meta()?.example as object | undefined
  return body === undefined || body.contentType !== undefined ? sent : sent.send(example ?? {})
}

interface Documented {
  readonly content?: Readonly<Record<string, unknown>>
}

/** How an answer differs from the document; null = it does not. */
function undocumented({ method, path }: Operation, answer: request.Response): string | null {
  const operations = document.paths?.[path] as Record<string, { responses: Record<string, Documented> }> | undefined
  const documented = operations?.[method]?.responses[answer.status]
  if (documented === undefined) return `status ${answer.status} is not documented`
  // clients do not read the text of a redirect
  if (answer.status >= 300 && answer.status < 400) return null
  const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? ''
  if (documented.content === undefined) return answer.text ? `has a body of ${type}, documented without one` : null
  if (documented.content[type] === undefined) return `${answer.status} as ${type || 'nothing'} is not documented`
  if (!type.endsWith('json')) return null
  const place = ['paths', path, method, 'responses', String(answer.status), 'content', type, 'schema']
  const fault = schemas.faultsOf(`#/${place.map(pointerPart).join('/')}`, answer.body)
  return fault === null ? null : `${answer.status}: ${fault}`
}

describe('every operation answers only what the document lists', () => {
  it.each(PROBES)('to $name', async (probe) => {
    const asked = operations.filter(probe.fits)
    const wrong: string[] = []
    let seen = 0
    const app = probe.given === undefined ? api.app : createApp({ ...api.deps, ...probe.given() })
    for (const operation of asked) {
      const answer = await answerTo(app, probe, operation)
      if (answer.status === probe.status) seen += 1
      const fault = undocumented(operation, answer)
      if (fault !== null) wrong.push(`${operation.method} ${operation.path}: ${fault}`)
    }
    expect(wrong).toEqual([])
    expect(seen).toBeGreaterThan(asked.length / 4)
  })
})
