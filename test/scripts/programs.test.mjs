import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { compiledProgram, compilePrograms } from '../../scripts/programs.mjs'

let root
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'programs-')))
  write('domain/greeting.yaml', 'hello\n')
  write(
    'domain/greeting.ts',
    `import { readFileSync } from 'node:fs'
export class Refusal extends Error {}
export const greeting: string = readFileSync(new URL('./greeting.yaml', import.meta.url), 'utf8').trim()
export function refuse(): never {
  throw new Refusal('no')
}
`,
  )
  write(
    'api/main.ts',
    "import { greeting, refuse } from '../domain/greeting.js'\nconsole.log(greeting)\nif (process.argv[2]) refuse()\n",
  )
  write('db/main.ts', "import { greeting } from '../domain/greeting.js'\nconsole.log(greeting.length)\n")
})
afterEach(() => fs.rmSync(root, { recursive: true, force: true }))

function write(file, text) {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
  fs.writeFileSync(path.join(root, file), text)
}

const compile = () => compilePrograms(['api/main.ts', 'db/main.ts'], { root, folder: path.join(root, 'kept') })
function run(folder, entry, ...args) {
  const { command, args: program } = compiledProgram(folder, entry)
  return spawnSync(command, [...program, ...args], { encoding: 'utf8' })
}

describe('compiled programs', () => {
  it('run, and find the files beside their sources', async () => {
    const folder = await compile()
    expect(run(folder, 'api/main.ts').stdout).toBe('hello\n')
    expect(run(folder, 'db/main.ts').stdout).toBe('5\n')
  })

  it('keep the names of classes, and stacks name the lines of the source', async () => {
    const { stderr } = run(await compile(), 'api/main.ts', 'refuse')
    expect(stderr).toMatch(/Refusal.*: no/)
    expect(stderr).toContain(`${path.join(root, 'domain/greeting.ts')}:5`)
  })

  it('lie in a folder of their own for each state of the sources', async () => {
    const first = await compile()
    expect(await compile()).toBe(first)
    write('domain/greeting.yaml', 'hi\n')
    expect(await compile()).toBe(first)
    write('db/main.ts', "console.log('changed')\n")
    const second = await compile()
    expect(second).not.toBe(first)
    expect(run(second, 'db/main.ts').stdout).toBe('changed\n')
    expect(run(first, 'db/main.ts').stdout).toBe('2\n')
  })

  it('that no start used for a month are removed', async () => {
    const first = await compile()
    const old = new Date(Date.now() - 31 * 24 * 3600_000)
    fs.utimesSync(first, old, old)
    write('db/main.ts', "console.log('changed')\n")
    const second = await compile()
    expect(fs.existsSync(first)).toBe(false)
    expect(fs.existsSync(second)).toBe(true)
  })

  it('are refused with the place of a syntax error', async () => {
    write('db/main.ts', 'const = 1\n')
    await expect(compile()).rejects.toThrow(/db\/main\.ts:1:6/)
  })
})
