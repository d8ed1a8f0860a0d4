import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Env } from '../platform/config/document.js'
import { readEnvironment } from '../platform/config/environment.js'
import { locateConfig } from '../platform/config/locate.js'

const StartRecord = z.object({
  supervisor: z.number().int(),
  addresses: z.object({
    database_url: z.string(),
    configuration: z.string(),
    sandbox: z.string().nullable(),
    added_sandbox: z.string().nullable(),
  }),
})

/** What `npm start` recorded about the installation that runs on a data directory. */
export interface RunningInstallation {
  readonly databaseUrl: string
  /** Its configuration file, absolute. */
  readonly configuration: string
  /** Where the provider sandbox runs; null = it is off. */
  readonly sandboxUrl: string | null
  /** The sandbox's configuration file, where `--with-sandbox` added it. */
  readonly addedSandbox: string | null
}

/** @returns null when no installation runs there */
export function runningInstallation(dataDirectory: string): RunningInstallation | null {
  let record: unknown
  try {
    record = JSON.parse(readFileSync(join(dataDirectory, 'processes.json'), 'utf8'))
  } catch {
    return null
  }
  const read = StartRecord.safeParse(record)
  if (!read.success || !isAlive(read.data.supervisor)) return null
  const { database_url, configuration, sandbox, added_sandbox } = read.data.addresses
  return { databaseUrl: database_url, configuration, sandboxUrl: sandbox, addedSandbox: added_sandbox }
}

/**
 * The environment with the variables that `npm start` gave its own processes (the sandbox's address, and whether it was
 * added), so a command in another terminal reads the same configuration.
 */
export function environmentOf(running: RunningInstallation, env: Env): Env {
  return {
    ...(running.sandboxUrl === null ? {} : { TRIBUTARY_SANDBOX_URL: running.sandboxUrl }),
    ...(running.addedSandbox === null ? {} : { TRIBUTARY_WITH_SANDBOX: running.addedSandbox }),
    ...env,
  }
}

/** As environmentOf when the running installation has the configuration that a command would read; else unchanged. */
export function withRunningSandbox(env: Env, checkout: string, directory: string): Env {
  try {
    const running = runningInstallation(readEnvironment(env, directory).dataDirectory)
    const same = running?.configuration === locateConfig(env, checkout, directory).file
    return running !== null && same ? environmentOf(running, env) : env
  } catch {
    return env // the command itself reports what is wrong with the environment
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
