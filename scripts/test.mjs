/**
 * `npm test`: the whole suite on its own PostgreSQL and Temporal, which it stops afterwards. Arguments go to vitest
 * (`npm test -- test/domain`). `--long` runs the long tests instead: `--seed N --minutes M`.
 * The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { checkout } from './checkout.mjs'
import { installDependencies } from './install.mjs'
import { tryLock } from './lock.mjs'
import { withDirectLoopback } from './loopback.mjs'
import { findProcesses, stopProcess } from './processes.mjs'
import { Failure, runCommand, say } from './report.mjs'
import { startTestServers } from './test-servers.mjs'

const prefix = `tributary-test-${process.getuid?.() ?? 'user'}-`

await runCommand(async () => {
  const { long, seed, minutes, rest } = readArguments(process.argv.slice(2))
  await installDependencies({ withDevelopment: true })
  await removeLeftovers()
  const data = fs.mkdtempSync(path.join(os.tmpdir(), prefix))
  tryLock(path.join(data, 'test.lock'))
  let vitest
  let stopped = false
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
      stopped = true
      vitest?.kill('SIGTERM')
    })
  }
  let servers
  try {
    servers = await startTestServers(data)
    if (stopped) return
    if (long) say(`  ..  long runs: --seed ${seed} --minutes ${minutes}`)
    const report = path.join(data, 'report.json')
    vitest = startVitest(rest, report, {
      ...withDirectLoopback(withoutOwnSettings(process.env)),
      ...servers.environment,
      ...(long ? { TRIBUTARY_LONG: '1', TRIBUTARY_SEED: String(seed), TRIBUTARY_MINUTES: String(minutes) } : {}),
    })
    const code = await new Promise((resolve) => vitest.on('exit', (exitCode) => resolve(exitCode ?? 1)))
    const { passed, failed } = countTests(report, code)
    if (long) say(`  ..  to repeat: npm run test:long -- --seed ${seed} --minutes ${minutes}`)
    process.exitCode = failed > 0 || code !== 0 ? 1 : 0
    process.stdout.write(`${passed} passed, ${failed} failed\n`)
  } finally {
    await servers?.stop()
    fs.rmSync(data, { recursive: true, force: true })
  }
})

function readArguments(args) {
  if (!args.includes('--long')) return { long: false, rest: args }
  const options = { long: { type: 'boolean' }, seed: { type: 'string' }, minutes: { type: 'string' } }
  const { values, positionals } = parseArgs({ args, options, strict: false, allowPositionals: true })
  const number = (name, fallback) => {
    const value = values[name] === undefined ? fallback : Number(values[name])
    if (Number.isFinite(value) && value >= 0) return value
    throw new Failure(`--${name}: ${JSON.stringify(values[name])} is not a number: e.g. --${name} ${fallback}`)
  }
  return {
    long: true,
    seed: number('seed', Math.floor(Math.random() * 2 ** 31)),
    minutes: number('minutes', 10),
    rest: positionals,
  }
}

function startVitest(rest, report, env) {
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...rest]
  return spawn(process.execPath, [path.join(checkout, 'node_modules', 'vitest', 'vitest.mjs'), ...args], {
    cwd: checkout,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

/** The tests must not use the servers and settings of the user. */
function withoutOwnSettings(environment) {
  const own = /^(DATABASE_URL|PORT|HOST|PG[A-Z]+|TEMPORAL_.*|TRIBUTARY_.*|SANDBOX_.*)$/
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !own.test(name)))
}

/**
 * Counts from vitest's own report. A file that could not be loaded has no tests and counts as one failure, and so does
 * an error outside any test.
 */
function countTests(report, code) {
  let result
  try {
    result = JSON.parse(fs.readFileSync(report, 'utf8'))
  } catch {
    return { passed: 0, failed: 1 } // it ended before it could report
  }
  const unloaded = result.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  const failed = result.numFailedTests + unloaded.length
  return { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed }
}

/** Stops the servers and removes the folders of killed runs. */
async function removeLeftovers() {
  const folders = fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith(prefix))
  for (const folder of folders.map((name) => path.join(os.tmpdir(), name))) {
    const lock = tryLock(path.join(folder, 'test.lock'))
    if ('heldBy' in lock) continue
    for (const pid of findProcesses(`${folder}/`)) await stopProcess(pid, { within: 3000 })
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
