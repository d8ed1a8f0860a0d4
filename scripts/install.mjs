import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { checkout, toolsDirectory } from './checkout.mjs'
import { withLock } from './lock.mjs'
import { openLog, tail } from './processes.mjs'
import { Failure, say, step } from './report.mjs'

const oldestNode = [20, 19]

/** @throws {Failure} when this Node.js is older than the dependencies require */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return
  throw new Failure(
    `Node.js ${version} is too old: install ${oldestNode.join('.')} or newer from https://nodejs.org and run the same command again`,
  )
}

/**
 * One hash of everything that an installation depends on: the lock file and the platform, because native packages
 * differ by platform and two platforms may share a checkout.
 */
export function installationStamp(lockText, platform = `${process.platform}-${process.arch}`) {
  return createHash('sha256').update(lockText).update(platform).digest('hex')
}

/**
 * True when npm's record of installed packages matches the lock file. npm writes its record at the end of an
 * installation, so an interrupted one does not count. Optional packages may be missing (other platforms).
 *
 * @param {string} lockText package-lock.json
 * @param {string} installedText node_modules/.package-lock.json
 * @param {boolean} withDevelopment whether the packages for tests and checks are needed too
 */
export function isInstalled(lockText, installedText, withDevelopment) {
  const wanted = JSON.parse(lockText).packages ?? {}
  const installed = JSON.parse(installedText).packages ?? {}
  return Object.entries(wanted).every(([location, entry]) => {
    if (location === '' || entry.link) return true
    const found = installed[location]
    if (found === undefined) return Boolean(entry.optional || entry.devOptional || (entry.dev && !withDevelopment))
    return found.version === entry.version
  })
}

/**
 * Installs the dependencies with `npm ci` when they are missing or differ from the lock file.
 *
 * @param {{ withDevelopment?: boolean, root?: string }} [options] `withDevelopment`: tests and checks need more than `npm start` does [false]
 * @throws {Failure} when npm cannot be run or fails
 */
export async function installDependencies({ withDevelopment = false, root = checkout } = {}) {
  requireNode()
  const lockText = fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')
  if (isCurrent(root, lockText, withDevelopment)) return
  await withLock(
    path.join(root, path.basename(toolsDirectory), 'install.lock'),
    async (waited) => {
      if (waited && isCurrent(root, lockText, withDevelopment)) return
      say('  ..  installing dependencies with `npm ci` (about half a minute, once)')
      await step('dependencies', () => npmCi(root))
      writeStamp(root, lockText)
    },
    (pid) => say(`  ..  waiting for process ${pid}, which is installing the dependencies of this checkout`),
  )
}

const stampFile = (root) => path.join(root, 'node_modules', '.tributary-installed')

function isCurrent(root, lockText, withDevelopment) {
  try {
    if (withDevelopment && !fs.existsSync(path.join(root, 'node_modules', 'vitest'))) return false
    if (fs.readFileSync(stampFile(root), 'utf8') === installationStamp(lockText)) return true
  } catch {
    // no stamp: the dependencies may have been installed by hand
  }
  try {
    const installedText = fs.readFileSync(path.join(root, 'node_modules', '.package-lock.json'), 'utf8')
    if (!isInstalled(lockText, installedText, withDevelopment)) return false
  } catch {
    return false
  }
  writeStamp(root, lockText)
  return true
}

function writeStamp(root, lockText) {
  try {
    fs.writeFileSync(stampFile(root), installationStamp(lockText))
  } catch {
    // a read-only checkout: the next start compares again
  }
}

/** The command that runs npm without a shell: the npm that started us, else the one on PATH. */
function npmCommand() {
  const script = process.env.npm_execpath
  return script?.endsWith('.js') || script?.endsWith('.cjs') ? [process.execPath, script] : ['npm']
}

async function npmCi(root) {
  const [command, ...first] = npmCommand()
  const log = path.join(root, path.basename(toolsDirectory), 'npm-ci.log')
  const output = openLog(log)
  const code = await new Promise((resolve) => {
    // NODE_ENV=production would leave out the packages that the tests need
    const env = { ...process.env, NODE_ENV: 'development' }
    const child = spawn(command, [...first, 'ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional'], {
      cwd: root,
      env,
      stdio: ['ignore', output, output],
    })
    child.on('error', (error) => resolve(error.message))
    // forward the signal, or npm would continue without us
    for (const name of ['SIGINT', 'SIGTERM']) {
      process.once(name, () => {
        child.kill(name)
        process.exit(130)
      })
    }
    child.on('exit', resolve)
  })
  for (const name of ['SIGINT', 'SIGTERM']) process.removeAllListeners(name)
  fs.closeSync(output)
  if (code === 0) return
  if (typeof code === 'string')
    throw new Failure(`npm could not be run (${code}): install npm, which comes with Node.js, and put it on PATH`)
  throw new Failure(
    `\`npm ci\` failed with code ${code}: ${tail(log, 4)} - the whole output is in ${log}; check the network or the registry in .npmrc and run the same command again`,
  )
}
