/**
 * `npm run check`: format and lint, types, import rules, unused code, plain words. All of them run, even after one fails.
 */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { checkout } from './checkout.mjs'
import { installDependencies } from './install.mjs'
import { duration, Failure, runCommand } from './report.mjs'
import { rooms } from './rooms.mjs'

const bin = (...parts) => path.join(checkout, 'node_modules', ...parts)

const checks = [
  { name: 'format and lint', program: bin('@biomejs', 'biome', 'bin', 'biome'), args: ['ci', '--colors=off', '.'] },
  { name: 'types', program: bin('typescript', 'bin', 'tsc'), args: ['-p', '.', '--noEmit'] },
  {
    name: 'import rules',
    program: bin('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
    args: ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', ...rooms()],
  },
  { name: 'unused code', program: bin('knip', 'bin', 'knip.js'), args: ['--no-progress'] },
  { name: 'plain words', program: path.join(checkout, 'scripts', 'words.mjs'), args: [] },
]

await runCommand(async () => {
  await installDependencies({ withDevelopment: true })
  const failed = []
  // two at a time, because they are separate programs and a small machine has two cores
  const waiting = [...checks]
  const worker = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const { code, output, took } = await run(check)
      if (code !== 0) failed.push(check.name)
      process.stdout.write(`== ${check.name}: ${code === 0 ? 'ok' : 'FAILED'} in ${duration(took)}\n${output}`)
    }
  }
  await Promise.all([worker(), worker()])
  if (failed.length > 0)
    throw new Failure(`check failed: ${failed.join(', ')}; \`npx biome check --write .\` repairs format and some lint`)
  process.stdout.write('check passed\n')
})

function run({ program, args }) {
  const began = Date.now()
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: checkout,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    }
    child.on('close', (code) => resolve({ code, output, took: Date.now() - began }))
  })
}
