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
  'catalogue/index.ts': 'export const index = 1\n',
  'activities/poll.ts': 'export interface Poll { page: number }\nexport const poll = 1\n',
  'workflows/messages.ts': 'export const pause = 1\n',
  'workflows/story.ts': 'export interface Story { at: number }\nexport const story = 1\n',
  'providers/adapter.ts': 'export interface Adapter { name: string }\n',
  'providers/registry.ts': 'export const registry = 1\n',
  'providers/kantar/wire.ts': 'export const wire = 1\n',
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
  ['providers/toluna/e.ts', "import { registry } from '../registry.js'", 'provider-not-registry'],
  ['api/a.ts', "import { wire } from '../providers/kantar/wire.js'", 'api-imports'],
  ['api/b.ts', "import { story } from '../workflows/story.js'", 'api-types-only'],
  ['api/c.ts', "import knex from 'knex'", 'sql-stays-in-db'],
  ['sandbox/a.ts', "import { wire } from '../providers/kantar/wire.js'", 'sandbox-imports'],
  ['web/a.ts', "import { zero } from '../domain/money.js'", 'web-types-only'],
  ['bench/sessions.ts', "import { index } from '../catalogue/index.js'", 'bench-imports'],
  ['bench/matching-a.ts', "import { store } from '../db/store.js'", 'bench-matching-imports'],
  ['platform/a.ts', "import { store } from '../db/store.js'", 'platform-imports'],
  ['activities/a.ts', "import { wire } from '../providers/kantar/wire.js'", 'only-the-registry-knows-providers'],
  ['db/a.ts', "import { missing } from './nowhere.js'", 'resolvable'],
]

const allowed: [file: string, code: string][] = [
  ['workflows/y.ts', "import type { Poll } from '../activities/poll.js'"],
  ['workflows/z.ts', "import { sleep } from '@temporalio/workflow'"],
  ['api/y.ts', "import { pause } from '../workflows/messages.js'"],
  ['api/z.ts', "import type { Story } from '../workflows/story.js'"],
  ['web/z.ts', "import type { Money } from '../domain/money.js'"],
  ['bench/matching.ts', "import { index } from '../catalogue/index.js'"],
  ['providers/toluna/y.ts', "import type { Adapter } from '../adapter.js'"],
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
