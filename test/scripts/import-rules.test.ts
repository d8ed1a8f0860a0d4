import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { rooms } from '../../scripts/rooms.mjs'

const checkout = fileURLToPath(new URL('../..', import.meta.url))
const Report = z.object({
  summary: z.object({
    totalCruised: z.number(),
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
})

/** Applies the project's import rules to the rooms under a folder. */
function cruise(folder: string, roomNames: string[]) {
  const program = path.join(checkout, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const config = path.join(checkout, '.dependency-cruiser.cjs')
  const args = [program, '--config', config, '--output-type', 'json', ...roomNames]
  const run = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
  return Report.parse(JSON.parse(run.stdout)).summary
}

describe('the import rules see the project', () => {
  it('reads every room, so that an empty result fails', () => {
    const { totalCruised } = cruise(checkout, rooms())
    expect(rooms()).toEqual(expect.arrayContaining(['domain', 'db', 'providers', 'workflows', 'api']))
    expect(totalCruised).toBeGreaterThan(50)
  })
})

/** A small project with every room that the planted imports name. */
const surroundings: Record<string, string> = {
  'domain/money.ts': 'export interface Money { minor: number }\nexport const zero = 0\n',
  'domain/hen.ts': "import './egg.js'\n",
  'domain/egg.ts': "import './hen.js'\n",
  'db/store.ts': 'export const store = 1\n',
  'db/stores/claim-store.ts': 'export const store = 1\n',
  'db/statements/book.ts': 'export const book = 1\n',
  'db/read-models/ledger.ts': 'export const ledger = 1\n',
  'api/panel/match.ts': 'export const match = 1\n',
  'api/http/problem.ts': 'export const problem = 1\n',
  'commands/sessions/book.ts': 'export const book = 1\n',
  'catalogue/index.ts': 'export const index = 1\n',
  'activities/poll.ts': 'export interface Poll { page: number }\nexport const poll = 1\n',
  'workflows/messages.ts': 'export const pause = 1\n',
  'workflows/story.ts': 'export interface Story { at: number }\nexport const story = 1\n',
  'web/kit/html.ts': 'export const html = 1\n',
  'web/plots/plot.ts': 'export const plot = 1\n',
  'web/ops/page.ts': 'export const page = 1\n',
  'providers/adapter.ts': 'export interface Adapter { name: string }\n',
  'providers/registry.ts': 'export const registry = 1\n',
  'providers/kantar/wire.ts': 'export const wire = 1\n',
  'providers/kit/words.ts': 'export const words = 1\n',
  'providers/upstreams.ts': 'export const upstreams = 1\n',
  'tsconfig.json': '{"compilerOptions":{"module":"nodenext","moduleResolution":"nodenext"}}',
}

const forbidden: [file: string, code: string, rule: string][] = [
  ['domain/a.ts', "import { store } from '../db/store.js'", 'domain-imports'],
  ['domain/b.ts', "import { randomUUID } from 'node:crypto'", 'domain-is-pure'],
  ['domain/c.ts', "import { z } from 'zod'", 'domain-is-pure'],
  ['workflows/a.ts', "import { store } from '../db/store.js'", 'workflows-imports'],
  ['workflows/b.ts', "import { poll } from '../activities/poll.js'", 'workflows-types-only'],
  ['workflows/c.ts', "import { readFileSync } from 'node:fs'", 'workflows-are-deterministic'],
  ['workflows/d.ts', "import { z } from 'zod'", 'workflows-are-deterministic'],
  ['providers/toluna/a.ts', "import { wire } from '../kantar/wire.js'", 'provider-imports'],
  ['providers/toluna/b.ts', "import { store } from '../../db/store.js'", 'provider-imports'],
  ['providers/toluna/c.ts', "import { Client } from '@temporalio/client'", 'provider-packages'],
  ['providers/toluna/d.ts', "import { readFileSync } from 'node:fs'", 'provider-built-ins'],
  ['providers/toluna/e.ts', "import { registry } from '../registry.js'", 'provider-imports'],
  ['providers/toluna/f.ts', "import { upstreams } from '../upstreams.js'", 'provider-imports'],
  ['providers/kit/a.ts', "import { wire } from '../kantar/wire.js'", 'provider-kit-imports'],
  ['providers/kit/b.ts', "import { upstreams } from '../upstreams.js'", 'provider-kit-imports'],
  ['providers/connection-schemas.ts', "import { wire } from './kantar/wire.js'", 'only-the-registry-knows-providers'],
  ['api/a.ts', "import { wire } from '../providers/kantar/wire.js'", 'api-imports'],
  ['api/b.ts', "import { story } from '../workflows/story.js'", 'api-types-only'],
  ['api/c.ts', "import knex from 'knex'", 'sql-stays-in-db'],
  ['api/d.ts', "import { store } from '../db/stores/claim-store.js'", 'api-imports-no-store'],
  ['api/e.ts', "import { book } from '../db/statements/book.js'", 'api-imports-no-store'],
  ['api/dependencies.ts', "import { match } from './panel/match.js'", 'api-parts-know-no-route'],
  ['api/http/a.ts', "import { match } from '../panel/match.js'", 'api-parts-know-no-route'],
  ['commands/a.ts', "import { poll } from '../activities/poll.js'", 'commands-imports'],
  ['commands/b.ts', "import { pause } from '../workflows/messages.js'", 'commands-imports'],
  ['commands/c.ts', "import { wire } from '../providers/kantar/wire.js'", 'commands-imports'],
  ['commands/d.ts', "import knex from 'knex'", 'sql-stays-in-db'],
  ['db/b.ts', "import { book } from '../commands/sessions/book.js'", 'db-imports'],
  ['sandbox/a.ts', "import { wire } from '../providers/kantar/wire.js'", 'sandbox-imports'],
  ['sandbox/b.ts', "import { page } from '../web/ops/page.js'", 'sandbox-imports'],
  ['web/a.ts', "import { zero } from '../domain/money.js'", 'web-types-only'],
  ['bench/sessions.ts', "import { index } from '../catalogue/index.js'", 'bench-imports'],
  ['bench/matching-a.ts', "import { store } from '../db/store.js'", 'bench-matching-imports'],
  ['platform/a.ts', "import { store } from '../db/store.js'", 'platform-imports'],
  ['activities/a.ts', "import { wire } from '../providers/kantar/wire.js'", 'only-the-registry-knows-providers'],
  ['activities/b.ts', "import { words } from '../providers/kit/words.js'", 'the-kit-is-for-adapters'],
  ['db/a.ts', "import { missing } from './nowhere.js'", 'resolvable'],
]

const allowed: [file: string, code: string][] = [
  ['workflows/y.ts', "import type { Poll } from '../activities/poll.js'"],
  ['workflows/z.ts', "import { sleep } from '@temporalio/workflow'"],
  ['api/y.ts', "import { pause } from '../workflows/messages.js'"],
  ['api/z.ts', "import type { Story } from '../workflows/story.js'"],
  ['api/app.ts', "import { match } from './panel/match.js'"],
  ['api/v.ts', "import { problem } from './http/problem.js'"],
  ['api/w.ts', "import { book } from '../commands/sessions/book.js'"],
  ['api/x.ts', "import { ledger } from '../db/read-models/ledger.js'"],
  ['activities/z.ts', "import { book } from '../commands/sessions/book.js'"],
  ['commands/y.ts', "import { store } from '../db/stores/claim-store.js'"],
  ['commands/z.ts', "import type { Adapter } from '../providers/adapter.js'"],
  ['sandbox/y.ts', "import { html } from '../web/kit/html.js'"],
  ['sandbox/z.ts', "import { plot } from '../web/plots/plot.js'"],
  ['web/z.ts', "import type { Money } from '../domain/money.js'"],
  ['bench/matching.ts', "import { index } from '../catalogue/index.js'"],
  ['providers/toluna/y.ts', "import type { Adapter } from '../adapter.js'"],
  ['providers/toluna/x.ts', "import { words } from '../kit/words.js'"],
  ['providers/toluna/z.ts', "import { createHmac } from 'node:crypto'"],
]

describe('the import rules can fail', () => {
  let folder: string
  let violations: ReturnType<typeof cruise>['violations']

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tributary-rules-'))
    const planted = [...forbidden, ...allowed].map(([file, code]): [string, string] => [file, `${code}\n`])
    const files = Object.entries({ ...surroundings, ...Object.fromEntries(planted) })
    for (const [name, text] of files) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
      writeFileSync(path.join(folder, name), text)
    }
    symlinkSync(path.join(checkout, 'node_modules'), path.join(folder, 'node_modules'))
    violations = cruise(folder, rooms(folder)).violations
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  const rulesBrokenBy = (file: string) =>
    violations.filter((violation) => violation.from === file).map((violation) => violation.rule.name)

  it.each(forbidden)('%s with `%s` breaks %s', (file, _code, rule) => {
    expect(rulesBrokenBy(file)).toContain(rule)
  })

  it.each(allowed)('%s with `%s` is allowed', (file) => {
    expect(rulesBrokenBy(file)).toEqual([])
  })

  it('finds a cycle', () => {
    expect(violations.map((violation) => violation.rule.name)).toContain('no-cycles')
  })
})
