import type { Express } from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { openApiDocument, operations } from '../../api/openapi/document.js'
import { finishedDocument } from '../../api/openapi/finished-document.js'
import type { Operation } from '../../api/openapi/operation.js'
import type { PageDocument } from '../../api/public/docs-document.js'
import { exampleOf } from '../../api/public/docs-example.js'
import { DocumentSchemas } from '../support/openapi.js'
import { type ReadingApi, startReadingApi } from './reading-support.js'

let api: ReadingApi
beforeAll(async () => {
  api = await startReadingApi()
})
afterAll(() => api.close())

/** Addresses of the pages' own files, which are not part of the API. */
const ASSETS = /^get \/(page\.css|docs\/|pages\/)/

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> }
  readonly handle?: { readonly stack?: readonly Layer[] }
}

function routesOf(stack: readonly Layer[]): string[] {
  return stack.flatMap(({ route, handle }) =>
    route === undefined
      ? routesOf(handle?.stack ?? [])
      : Object.keys(route.methods).map((method) => `${method} ${route.path.replace(/:(\w+)/g, '{$1}')}`),
  )
}

const existing = (app: Express): string[] =>
  routesOf((app as unknown as { router: { stack: readonly Layer[] } }).router.stack).filter(
    (route) => !ASSETS.test(route),
  )

describe('the OpenAPI document', () => {
  it('describes every address of the API, and no other', () => {
    const documented = operations.map(({ method, path }) => `${method} ${path}`)
    expect(documented.length).toBeGreaterThan(20)
    expect(documented.toSorted()).toEqual(existing(api.app).toSorted())
  })

  it('resolves every reference, and names every path parameter', () => {
    const document = openApiDocument('http://x.example')
    const known = Object.keys(document.components?.schemas ?? {})
    const pointers = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name,
    )
    expect(pointers.length).toBeGreaterThan(30)
    for (const name of pointers) expect(known).toContain(name)
    for (const [path, methods] of Object.entries(document.paths ?? {})) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      for (const operation of Object.values(
        methods as Record<string, { parameters?: { in: string; name: string }[] }>,
      )) {
        const given = (operation.parameters ?? []).filter((one) => one.in === 'path').map((one) => one.name)
        expect(given, path).toEqual(wanted)
      }
    }
  })

  it('gives examples that its own schemas accept', () => {
    const schemas = operations.flatMap(({ body, answers }) => [
      body?.schema,
      ...Object.values(answers).map((one) => one.schema),
    ])
    const withExample = schemas.flatMap((schema) => (schema?.meta()?.example === undefined ? [] : [schema]))
    expect(withExample.length).toBeGreaterThan(5)
    for (const schema of withExample)
      expect(schema.safeParse(schema.meta()?.example).error, schema.meta()?.id).toBeUndefined()
    // and the examples that the page assembles
    const document = openApiDocument('http://x.example') as unknown as PageDocument
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { responses }] of Object.entries(methods)) {
        const operation = operations.find((one) => one.path === path && one.method === method)
        for (const [status, { content }] of Object.entries(responses)) {
          const shown = content?.['application/json']?.schema
          const { schema, contentType } = operation?.answers[Number(status)] ?? {}
          if (shown === undefined || schema === undefined || contentType !== undefined) continue
          expect(schema.safeParse(exampleOf(document, shown)).error, `${method} ${path}`).toBeUndefined()
        }
      }
    }
  })

  it('shows only values that a JSON Schema library accepts', () => {
    const schemas = new DocumentSchemas(openApiDocument('http://x.example'))
    const shown = schemas.shownValues()
    expect(shown.length).toBeGreaterThan(250)
    const wrong = shown.map(({ pointer, value }) => [pointer, schemas.faultsOf(pointer, value)])
    expect(wrong.filter(([, fault]) => fault !== null)).toEqual([])
  })

  it('writes patterns as JSON Schema does, types for every query field, and unique ids', () => {
    const document = openApiDocument('http://x.example')
    const text = JSON.stringify(document)
    const patterns = new DocumentSchemas(document).patterns()
    expect(patterns.length).toBeGreaterThan(40)
    for (const pattern of patterns) {
      expect(pattern).not.toMatch(/\/[a-z]*$/)
      expect(() => new RegExp(pattern, 'u')).not.toThrow()
    }
    for (const methods of Object.values(document.paths ?? {})) {
      for (const { parameters = [] } of Object.values(
        methods as Record<string, { parameters?: { name: string; schema: object }[] }>,
      )) {
        for (const { name, schema } of parameters)
          expect(Object.keys(schema), name).toEqual(expect.arrayContaining(['type']))
      }
    }
    const ids = [...text.matchAll(/"operationId":"([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(operations.length)
  })

  it('gives every schema an id of its own', () => {
    const schemas = new Map<string, Set<unknown>>()
    for (const schema of schemasOf(operations)) {
      const id = schema.meta()?.id
      if (id !== undefined) schemas.set(id, (schemas.get(id) ?? new Set()).add(schema))
    }
    expect(schemas.size).toBeGreaterThan(60)
    expect([...schemas].filter(([, found]) => found.size > 1).map(([id]) => id)).toEqual([])
  })

  it('describes request defaults in text, and requires answer members that have a default', () => {
    const schemas = componentsOf(openApiDocument('http://x.example'))
    const { limit } = schemas.MatchRequest?.properties ?? {}
    expect(limit).not.toHaveProperty('default')
    expect(limit?.description).toContain('Default: 20.')
    expect(schemas.MatchRequest?.required).toEqual(['panelist_id'])
    const { qlc } = schemas.BuyerSurvey?.properties ?? {}
    expect(qlc?.required).toEqual(['enable', 'multiple_quotas'])
    expect(qlc?.properties?.multiple_quotas?.required).toEqual(['enable', 'count_by_quota', 'compensate_by_quota'])
    // the rest are query fields, which generators read correctly
    const inSchemas = new DocumentSchemas(openApiDocument('http://x.example'))
      .shownValues()
      .filter(({ keyword, pointer }) => keyword === 'default' && !pointer.includes('/parameters/'))
    expect(inSchemas).toEqual([])
  })
})

describe('finishing the document', () => {
  const finished = (schema: object) =>
    componentsOf(finishedDocument({ components: { schemas: { One: schema } }, paths: {} } as never)).One

  it.each([
    ['^a$/u', '^a$'],
    ['^a\\/u$/u', '^a/u$'],
    ['^a\\/u', '^a/u'],
    ['^a\\\\/u', '^a\\\\'],
    ['^\\d+$', '^\\d+$'],
  ])('reads the pattern %s as %s', (pattern, wanted) => {
    expect(finished({ type: 'string', pattern })).toEqual({ type: 'string', pattern: wanted })
  })

  it('refuses flags that JSON Schema does not have', () => {
    expect(() => finished({ type: 'string', pattern: '^a$/iu' })).toThrow('no flag iu')
  })

  it('treats fields named "default" and "example" as fields', () => {
    const schema = {
      type: 'object',
      properties: { default: { type: 'string' }, example: { type: 'string', pattern: 'a/u' } },
    }
    expect(finished(schema)).toEqual({
      type: 'object',
      properties: { default: { type: 'string' }, example: { type: 'string', pattern: 'a' } },
    })
  })
})

interface Component {
  readonly description?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Component>>
}

const componentsOf = (document: { components?: object }): Record<string, Component | undefined> =>
  (document.components as { schemas?: Record<string, Component> } | undefined)?.schemas ?? {}

/** Every zod schema of the operations, nested ones too, each once. */
function schemasOf(given: readonly Operation[]): z.ZodType[] {
  const found = new Set<object>()
  const seen = new Set<object>()
  const look = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) look(item)
      return
    }
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    seen.add(value)
    const { _zod } = value as { _zod?: { def: object } }
    // checks have a definition too, but are no schemas
    if (_zod !== undefined && 'meta' in value) found.add(value)
    for (const part of Object.values(_zod?.def ?? value)) look(part)
  }
  for (const { params, query, headers, body, answers } of given) {
    look([params, query, headers, body?.schema, Object.values(answers).map(({ schema }) => schema)])
  }
  return [...found] as z.ZodType[]
}
