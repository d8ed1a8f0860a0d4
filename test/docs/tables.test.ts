import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMPLETES_COLUMNS } from '../../api/finance/completes.js'
import { SessionState } from '../../api/panel/schemas.js'
import { invariants } from '../../db/invariants/check.js'
import { GRADES, OUTCOMES } from '../../domain/outcome.js'
import { SEARCH_ATTRIBUTES } from '../../domain/visibility.js'
import { checkout, code, readPage, table } from './pages.js'

const architecture = readPage('docs/architecture.md')
const sessions = readPage('docs/sessions.md')
const money = readPage('docs/money.md')
const runbook = readPage('docs/runbook.md')

interface Rule {
  readonly name: string
  readonly comment: string
}

describe('architecture', () => {
  const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as { forbidden: Rule[] }

  it('lists the allowed imports as the rules do', () => {
    const ruled = forbidden
      .filter((rule) => /^[a-z]+-imports$/.test(rule.name))
      .map((rule) => /^(\w+) may import (.*) \(docs\/architecture\.md\)$/.exec(rule.comment))
      .flatMap((match) => (match === null ? [] : [[match[1] ?? '', inWords(match[2] ?? '')]]))
    expect(ruled.length).toBeGreaterThan(10)
    const written = table(architecture, 'room', 'may import')
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(ruled))
  })

  it('names every room', () => {
    const described = table(architecture, 'room', 'holds').flatMap(([rooms = '']) => code(rooms))
    const ruled = table(architecture, 'room', 'may import').map(([room]) => `${room}/`)
    expect(described).toEqual(expect.arrayContaining([...ruled, 'providers/']))
  })
})

/** Turns a rule's pattern, such as `api/.*schemas?(\.ts$|/)`, into the page's words. */
function inWords(list: string): string {
  const items = list
    .replace('providers/registry\\.ts$', 'providers/registry.ts')
    .replace('providers/[^/]+\\.ts$', 'providers/*.ts')
    .replace('workflows/messages(\\.ts$|/)', 'workflows/messages')
    .replace('api/.*schemas?(\\.ts$|/)', 'api schemas')
    .split(', ')
  return items.map((item) => item.replace(/\/$/, '')).join(', ')
}

describe('invariants', () => {
  const page = readPage('docs/invariants.md')

  it('are the ones that run, with the same text', () => {
    expect(table(page, 'id', 'promise')).toEqual(invariants.map(({ id, promise }) => [id, promise]))
    expect(page.text).toContain(`${invariants.length} invariants hold, 0 broken`)
  })

  it('have the views of the migrations', () => {
    const migration = readFileSync(path.join(checkout, 'db/migrations/0009-invariant-views.ts'), 'utf8')
    const made = [...migration.matchAll(/create view (\w+)/g)].map(([, name]) => name)
    const written = table(page, 'view', 'columns').flatMap(([name = '']) => code(name))
    expect(written.toSorted()).toEqual(made.toSorted())
  })
})

describe('sessions', () => {
  it('have the states of the schema', () => {
    expect(table(sessions, 'state', 'means', 'goes to').flatMap(([state = '']) => code(state))).toEqual(
      SessionState.options,
    )
  })

  it('have the transitions that the trigger in PostgreSQL allows', () => {
    const migration = readFileSync(path.join(checkout, 'db/migrations/0004-sessions.ts'), 'utf8')
    const guard = migration.slice(migration.indexOf('(old.state, new.state) not in'), migration.indexOf('TR003'))
    const allowed = [...guard.matchAll(/\('(\w+)', '(\w+)'\)/g)].map(([, from, to]) => `${from} -> ${to}`)
    const written = table(sessions, 'state', 'means', 'goes to').flatMap(([from = '', , to = '']) =>
      code(to).map((state) => `${code(from)[0]} -> ${state}`),
    )
    expect(allowed.length).toBe(5)
    expect(written.toSorted()).toEqual(allowed.toSorted())
  })

  it('have the effects that a claim may have', () => {
    const migration = readFileSync(path.join(checkout, 'db/migrations/0004-sessions.ts'), 'utf8')
    const [, list = ''] = /effect in \(('finish'[^)]*)\)/.exec(migration) ?? []
    const known = [...list.matchAll(/'(\w+)'/g)].map(([, effect]) => effect)
    const written = table(sessions, 'effect', 'when').flatMap(([effect = '']) => code(effect))
    expect(known.length).toBe(7)
    expect(written.toSorted()).toEqual(known.toSorted())
  })

  it('are proven by the grades', () => {
    expect(table(sessions, 'grade', 'is').map(([grade]) => grade)).toEqual([...GRADES])
  })

  it('end in one of the eight outcomes, here and in the glossary', () => {
    const words = OUTCOMES.join(', ')
    expect(sessions.text).toContain(words)
    expect(readPage('docs/glossary.md').text).toContain(words)
  })
})

describe('money', () => {
  it('explains every column of completes.csv in its order', () => {
    const columns = table(money, 'column', '').flatMap(([names = '']) => code(names))
    expect(columns).toEqual([...COMPLETES_COLUMNS])
    expect(money.text).toContain(COMPLETES_COLUMNS.join(','))
  })
})

describe('runbook', () => {
  const queries = table(runbook, 'view', 'query').map(([, query = '']) => code(query)[0] ?? '')

  it('searches by attributes that are registered', () => {
    const names = queries.flatMap((query) => query.match(/Tributary\w+/g) ?? [])
    expect(names.length).toBeGreaterThan(8)
    expect(names.filter((name) => !(name in SEARCH_ATTRIBUTES))).toEqual([])
  })

  it('searches for workflows that exist', () => {
    const index = readFileSync(path.join(checkout, 'workflows/index.ts'), 'utf8')
    const types = queries.flatMap((query) => [...query.matchAll(/WorkflowType = "(\w+)"/g)].map(([, type]) => type))
    expect(types.filter((type) => !new RegExp(`\\b${type}\\b`).test(index))).toEqual([])
  })

  it('explains every state of a poll loop', () => {
    const migration = readFileSync(path.join(checkout, 'db/migrations/0002-supply.ts'), 'utf8')
    const [, list = ''] = /check \(state in \('starting'([^)]*)\)/.exec(migration) ?? []
    const states = ['starting', ...[...list.matchAll(/'(\w+)'/g)].map(([, state]) => state ?? '')]
    const written = table(runbook, 'of a poll loop', 'means').map(([state]) => state)
    expect(states.filter((state) => state !== 'removed').toSorted()).toEqual(written.toSorted())
  })
})

describe('CONTRIBUTING', () => {
  it('names the files of the provider that is its model', () => {
    const steps = readPage('CONTRIBUTING.md')
    const indented = { ...steps, text: steps.text.replace(/^ {3}\|/gm, '|') }
    const files = table(indented, 'file', 'holds').flatMap(([file = '']) => code(file))
    expect(files.length).toBeGreaterThan(5)
    expect(files.filter((file) => !existsSync(path.join(checkout, 'providers/kantar', file)))).toEqual([])
  })
})
