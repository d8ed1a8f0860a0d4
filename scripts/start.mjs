/**
 * `npm start`: everything on one machine. Installs missing dependencies, starts PostgreSQL and Temporal unless the user
 * names others, migrates, starts the API, the worker and, without a configuration or with `--with-sandbox`, the
 * provider sandbox, and keeps them running until Ctrl-C.
 */
import path from 'node:path'
import { readArguments } from './arguments.mjs'
import { installDependencies, requireNode } from './install.mjs'
import { Installation } from './installation.mjs'
import { tryLock } from './lock.mjs'
import { Failure, report, runCommand, say } from './report.mjs'
import { readSettings } from './settings.mjs'

/** One Ctrl-C may send two signals: the terminal signals npm and us, and npm forwards its signal. */
const sameKeyPress = 400

async function main() {
  requireNode()
  const settings = readSettings(process.env, readArguments(process.argv.slice(2)))
  const lock = tryLock(path.join(settings.data, 'start.lock'))
  if ('heldBy' in lock) {
    throw new Failure(
      `Tributary already runs on ${settings.data} as process ${lock.heldBy}: stop it, or set TRIBUTARY_DATA to another folder to run a second copy`,
    )
  }
  process.on('exit', () => lock.release())
  await installDependencies()

  process.title = 'tributary'
  const installation = new Installation(settings, process.env)
  stopOnSignal(installation)
  try {
    const ready = await installation.start()
    if (ready !== undefined) process.stdout.write(`${JSON.stringify(ready)}\n`)
  } catch (error) {
    if (!installation.stopping) report(error)
    await installation.stop()
    process.exit(1)
  }
}

function stopOnSignal(installation) {
  let firstAt
  const onSignal = (name) => {
    if (firstAt === undefined) {
      firstAt = Date.now()
      say(`\n  ..  ${name}: stopping in order; repeat to stop immediately`)
      installation.stop().then(() => process.exit(0))
    } else if (Date.now() - firstAt > sameKeyPress) {
      say('  !!  stopping immediately')
      installation.kill()
      process.exit(130)
    }
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, onSignal)
  // ignore a closed output pipe: dying from it would leave the processes running
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

await runCommand(main)
