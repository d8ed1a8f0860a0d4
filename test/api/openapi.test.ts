import type { Express } from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openApiDocument, operations } from '../../api/openapi/document.js'
import type { PageDocument } from '../../api/public/docs-document.js'
import { exampleOf } from '../../api/public/docs-example.js'
import { type ReadingApi, startReadingApi } from './reading-support.js'

let api: ReadingApi
beforeAll(async () => {
  api = await startReadingApi()
})
afterAll(() => api.close())

/** What the pages are made of: addresses, but none of the API. */
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
  it('describes every address there is, and none in vain', () => {
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

  it('gives examples which its own schemas take', () => {
    const schemas = operations.flatMap(({ body, answers }) => [
      body?.schema,
      ...Object.values(answers).map((one) => one.schema),
    ])
    const withExample = schemas.flatMap((schema) => (schema?.meta()?.example === undefined ? [] : [schema]))
    expect(withExample.length).toBeGreaterThan(5)
    for (const schema of withExample)
      expect(schema.safeParse(schema.meta()?.example).error, schema.meta()?.id).toBeUndefined()
    // and those that the page makes of the parts
    const document = openApiDocument('http://x.example') as unknown as PageDocument
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { responses }] of Object.entries(methods)) {
        const operation = operations.find((one) => one.path === path && one.method === method)
        for (const [status, { content }] of Object.entries(responses)) {
          const shown = content?.['application/json']?.schema
          const schema = operation?.answers[Number(status)]?.schema
          if (shown === undefined || schema === undefined) continue
          expect(schema.safeParse(exampleOf(document, shown)).error, `${method} ${path}`).toBeUndefined()
        }
      }
    }
  })

  it('writes patterns as JSON Schema does, types for every query field, and unique ids', () => {
    const document = openApiDocument('http://x.example')
    const text = JSON.stringify(document)
    for (const [, pattern] of text.matchAll(/"pattern":"((?:[^"\\]|\\.)*)"/g)) {
      expect(pattern).not.toMatch(/^\/.*\/\w*$/)
      expect(() => new RegExp(JSON.parse(`"${pattern}"`), 'u')).not.toThrow()
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
})
