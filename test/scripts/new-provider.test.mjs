import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkout } from '../../scripts/checkout.mjs'

const NAME = 'acme'
const ROOMS = [
  ...[
    'activities',
    'api',
    'bench',
    'catalogue',
    'cli',
    'client',
    'commands',
    'db',
    'domain',
    'platform',
    'providers',
    'sandbox',
  ],
  ...['scripts', 'test', 'web', 'workers', 'workflows', 'docs'],
]
const RULES = '.dependency-cruiser.cjs'
const FILES = ['package.json', 'tsconfig.json', 'biome.json', 'vitest.config.ts', RULES]
let copy

beforeAll(() => {
  copy = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-new-provider-'))
  for (const name of [...ROOMS, ...FILES])
    fs.cpSync(path.join(checkout, name), path.join(copy, name), { recursive: true })
  fs.symlinkSync(path.join(checkout, 'node_modules'), path.join(copy, 'node_modules'))
})
afterAll(() => fs.rmSync(copy, { recursive: true, force: true }))

function run(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: copy,
    encoding: 'utf8',
    env: process.env,
  })
  return { status, said: `${stdout}${stderr}` }
}

/** The lines by which files that were there before differ now, by file: `+` added, `-` gone. */
function changedLines() {
  const differ = ROOMS.flatMap((room) => filesIn(room)).filter((file) => {
    const before = path.join(checkout, file)
    return fs.existsSync(before) && !fs.readFileSync(before).equals(fs.readFileSync(path.join(copy, file)))
  })
  return Object.fromEntries(differ.map((file) => [file, lineChanges(file)]))
}

function filesIn(room) {
  return fs
    .readdirSync(path.join(copy, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(copy, path.join(entry.parentPath, entry.name)))
}

function lineChanges(file) {
  const [before, after] = [checkout, copy].map((root) => fs.readFileSync(path.join(root, file), 'utf8').split('\n'))
  const gone = before.filter((line) => !after.includes(line)).map((line) => `-${line}`)
  return [...gone, ...after.filter((line) => !before.includes(line)).map((line) => `+${line}`)]
}

const program = (name, file) => path.join('node_modules', name, file)

describe('npm run new-provider', { timeout: 600_000 }, () => {
  it('refuses a name that no file may have, and writes nothing', () => {
    for (const name of ['Acme', 'ac-me', '1acme', '../x', '']) {
      const { status, said } = run(['scripts/new-provider.mjs', name])
      expect([name, status === 0], said).toEqual([name, false])
    }
    expect(run(['scripts/new-provider.mjs']).said).toContain('npm run new-provider -- cint')
    expect(fs.existsSync(path.join(copy, 'providers', NAME))).toBe(false)
  })

  it('lays down a provider that adds one line to shared code and passes every check', () => {
    const laid = run(['scripts/new-provider.mjs', NAME])
    expect(laid.status, laid.said).toBe(0)
    for (const file of [`providers/${NAME}/index.ts`, `sandbox/${NAME}.ts`, `docs/providers/${NAME}.md`])
      expect(fs.existsSync(path.join(copy, file)), file).toBe(true)

    expect(changedLines()).toEqual({
      // of the product's code that all providers share, exactly one line
      'providers/registry.ts': [`+export { ${NAME} } from './${NAME}/index.js'`],
      'sandbox/server.ts': [
        expect.stringContaining(`import { createAcme } from './${NAME}.js'`),
        expect.stringContaining(`app.use('/${NAME}', createAcme(`),
      ],
    })

    const places = [
      'providers',
      'sandbox/server.ts',
      `sandbox/${NAME}.ts`,
      `test/providers/${NAME}`,
      `test/sandbox/${NAME}.test.ts`,
    ]
    const biome = run([program('@biomejs/biome', 'bin/biome'), 'ci', ...places])
    expect(biome.status, biome.said).toBe(0)
    const types = run([program('typescript', 'bin/tsc'), '-p', '.', '--noEmit'])
    expect(types.status, types.said).toBe(0)
    const rules = run([
      program('dependency-cruiser', 'bin/dependency-cruise.mjs'),
      '--config',
      RULES,
      'providers',
      'sandbox',
    ])
    expect(rules.status, rules.said).toBe(0)
    const tests = run([
      program('vitest', 'vitest.mjs'),
      'run',
      `test/providers/${NAME}`,
      `test/sandbox/${NAME}.test.ts`,
    ])
    expect(tests.status, tests.said).toBe(0)
    expect(tests.said).toMatch(/[6-9]\d passed/)
  })

  it('is served by the sandbox from its next start, without a change by hand', async () => {
    const sandbox = spawn(process.execPath, ['--import', 'tsx', 'sandbox/main.ts'], {
      cwd: copy,
      env: {
        ...process.env,
        SANDBOX_PORT: '0',
        SANDBOX_PLANS: '1',
        SANDBOX_SURVEYS: '1',
        SANDBOX_TICK: '0',
        SANDBOX_LAUNCH: 'off',
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    try {
      const [{ port }] = await once(sandbox, 'message')
      const surveys = (key) => fetch(`http://127.0.0.1:${port}/${NAME}/surveys`, { headers: { 'x-api-key': key } })
      expect((await surveys('another key')).status).toBe(401)
      const [survey] = await (await surveys(`${NAME}-sandbox-key`)).json()
      expect(survey.url).toBe(`http://127.0.0.1:${port}/${NAME}/start?survey=survey-1`)
    } finally {
      sandbox.kill()
      await once(sandbox, 'exit')
    }
  })

  it('does not overwrite an existing provider', () => {
    const page = path.join(copy, 'docs', 'providers', 'kantar.md')
    const before = fs.readFileSync(page, 'utf8')
    for (const name of [NAME, 'kantar']) {
      const again = run(['scripts/new-provider.mjs', name])
      expect(again.status).not.toBe(0)
      expect(again.said).toContain('already exists')
    }
    expect(fs.readFileSync(page, 'utf8')).toBe(before)
  })
})
