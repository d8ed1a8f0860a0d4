/**
 * Keeps PostgreSQL and Temporal running for repeated test runs: `node scripts/dev-servers.mjs` in one terminal,
 * `npx vitest` in another. Stops with Ctrl-C.
 */
import fs from 'node:fs'
import path from 'node:path'
import { checkout } from './checkout.mjs'
import { installDependencies } from './install.mjs'
import { tryLock } from './lock.mjs'
import { Failure, runCommand, say } from './report.mjs'
import { startTestServers } from './test-servers.mjs'

const folder = path.join(checkout, '.tributary-dev')

await runCommand(async () => {
  await installDependencies({ withDevelopment: true })
  const data = path.resolve(checkout, process.env.TRIBUTARY_DATA || folder)
  const lock = tryLock(path.join(data, 'servers.lock'))
  if ('heldBy' in lock)
    throw new Failure(
      `the servers of ${data} already run as process ${lock.heldBy}: use them, or set TRIBUTARY_DATA to another folder`,
    )
  const servers = await startTestServers(data)
  const addresses = JSON.stringify(servers.environment, null, 2)
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, 'servers.json'), `${addresses}\n`, { mode: 0o600 })
  process.stdout.write(`${addresses}\n`)
  say('  ok  the tests use these servers: `npx vitest run`; Ctrl-C stops them')
  const stopping = await new Promise((resolve) => {
    // a timer keeps the process alive, because Node.js does not wait for the servers
    const timer = setInterval(() => {}, 60_000)
    for (const name of ['SIGINT', 'SIGTERM']) {
      process.once(name, () => {
        clearInterval(timer)
        resolve(name)
      })
    }
  })
  say(`  ..  ${stopping}: stopping`)
  fs.rmSync(path.join(folder, 'servers.json'), { force: true })
  await servers.stop()
  lock.release()
})
