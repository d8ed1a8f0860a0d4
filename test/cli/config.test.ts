import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { main } from '../../cli/main.js'
import { withRunningSandbox } from '../../cli/running-installation.js'

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const folder = mkdtempSync(join(tmpdir(), 'tributary-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function run(args: string[], env: Readonly<Record<string, string | undefined>> = {}, where = checkout) {
  let out = ''
  let err = ''
  const code = await main(args, {
    env,
    checkout: where,
    directory: folder,
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  return { code, out, err }
}

describe('tributary config', () => {
  it('shows the file that TRIBUTARY_CONFIG names', async () => {
    writeFileSync(join(folder, 'mine.yaml'), 'limits: { burst: 77 }\n')
    const { code, out } = await run(['config'], { TRIBUTARY_CONFIG: 'mine.yaml', PORT: '9000' })
    expect(code).toBe(0)
    expect(out).toMatch(/^Configuration: mine\.yaml/)
    expect(out).toMatch(/^limits\.burst +77 +mine\.yaml:1$/m)
    expect(out).toMatch(/^PORT +9000 +env PORT$/m)
  })

  it("prefers tributary.yaml to the sandbox's", async () => {
    writeFileSync(join(folder, 'tributary.yaml'), 'limits: { burst: 78 }\n')
    expect((await run(['config'], {}, folder)).out).toMatch(/^limits\.burst +78/m)
  })

  it('exits 1 with one line per fault, also of the environment', async () => {
    writeFileSync(join(folder, 'broken.yaml'), 'limits: { burst: 0 }\nfoo: 1\n')
    const { code, out, err } = await run(['config'], { TRIBUTARY_CONFIG: 'broken.yaml', PORT: 'x' })
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(
      err
        .trimEnd()
        .split('\n')
        .map((line) => line.split(':')[0]),
    ).toEqual(['PORT', 'limits.burst', 'foo'])
  })

  it('names a missing file', async () => {
    const { code, err } = await run(['config'], { TRIBUTARY_CONFIG: 'nowhere.yaml' })
    expect(code).toBe(1)
    expect(err).toMatch(/nowhere\.yaml: does not exist; example: .*\n$/)
  })
})

describe('tributary', () => {
  it('answers an unknown command with the list and exit code 2', async () => {
    const { code, err } = await run(['confgi'])
    expect(code).toBe(2)
    expect(err).toContain('unknown command "confgi"')
    expect(err).toContain('tributary config')
    expect((await run(['constructor'])).code).toBe(2)
  })

  it('runs as a command', async () => {
    const env = { PATH: process.env.PATH, TRIBUTARY_CONFIG: join(checkout, 'tributary.example.yaml') }
    const { stdout } = await promisify(execFile)(join(checkout, 'cli', 'tributary.mjs'), ['config'], {
      env,
      cwd: folder,
    })
    expect(stdout).toContain('named by TRIBUTARY_CONFIG')
  })
})

describe('another terminal', () => {
  const start = (addresses: object, supervisor = process.pid) => {
    mkdirSync(join(folder, 'data'), { recursive: true })
    const record = { supervisor, addresses: { database_url: 'postgres://x', ...addresses }, processes: [] }
    writeFileSync(join(folder, 'data', 'processes.json'), JSON.stringify(record))
  }
  const env = { TRIBUTARY_DATA: 'data', TRIBUTARY_CONFIG: 'own.yaml' }
  const running = { sandbox: 'http://127.0.0.1:28999', added_sandbox: join(checkout, 'sandbox/tributary.sandbox.yaml') }
  writeFileSync(join(folder, 'own.yaml'), 'limits: { burst: 79 }\n')

  it('reads the configuration of the running processes, with the added sandbox', async () => {
    start({ ...running, configuration: join(folder, 'own.yaml') })
    const { code, out } = await run(['config'], withRunningSandbox(env, checkout, folder))
    expect(code).toBe(0)
    expect(out).toMatch(/^connections\[0\]\.id +kantar-sandbox +tributary\.sandbox\.yaml:\d+$/m)
    expect(out).toContain('http://127.0.0.1:28999/kantar/supply')
  })

  it('reads its own configuration where another one runs, or none', () => {
    start({ ...running, configuration: join(folder, 'other.yaml') })
    expect(withRunningSandbox(env, checkout, folder)).toEqual(env)
    // no process has this id
    start({ ...running, configuration: join(folder, 'own.yaml') }, 2 ** 22 + 1)
    expect(withRunningSandbox(env, checkout, folder)).toEqual(env)
    writeFileSync(join(folder, 'data', 'processes.json'), '{"half": ')
    expect(withRunningSandbox(env, checkout, folder)).toEqual(env)
  })
})

it('answers backtest with one line: not available in this version', async () => {
  expect(await run(['backtest'])).toEqual({
    code: 2,
    out: '',
    err: 'tributary: backtest is not available in this version\n',
  })
})
