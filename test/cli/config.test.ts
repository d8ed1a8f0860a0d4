import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { main } from '../../cli/main.js'

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const folder = mkdtempSync(join(tmpdir(), 'tributary-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function run(args: string[], env: Record<string, string> = {}, where = checkout) {
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

  it('exits 1 with one line for every fault, of the environment too', async () => {
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

  it('names a file that is not there', async () => {
    const { code, err } = await run(['config'], { TRIBUTARY_CONFIG: 'nowhere.yaml' })
    expect(code).toBe(1)
    expect(err).toMatch(/nowhere\.yaml: does not exist; example: .*\n$/)
  })
})

describe('tributary', () => {
  it('answers an unknown command with the list, and 2', async () => {
    const { code, err } = await run(['confgi'])
    expect(code).toBe(2)
    expect(err).toContain('there is no command "confgi"')
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
