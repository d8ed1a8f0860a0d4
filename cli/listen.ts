import { setTimeout as delay } from 'node:timers/promises'
import { connectDatabase, isDatabaseAway, type Knex } from '../db/connect.js'
import type { PostbackMessage } from '../db/read-models/postback-messages.js'
import { readEnvironment } from '../platform/config/environment.js'
import { ConfigError } from '../platform/config/faults.js'
import { loadConfig } from '../platform/config/load.js'
import { locateConfig } from '../platform/config/locate.js'
import { connectionSchemas, type TributaryConfig } from '../providers/connection-schemas.js'
import type { CommandContext } from './command-context.js'
import { MessageFollower } from './listen/follow.js'
import { forward } from './listen/forward.js'
import { type ListenOptions, readListenOptions } from './listen/options.js'
import { environmentOf, type RunningInstallation, runningInstallation } from './running-installation.js'

const LOOK_EVERY_MS = 500
const LONGEST_WAIT_MS = 10_000

/**
 * `tributary listen --panel NAME --forward-to URL [--since 10m]`: posts the panel's postbacks to a server on this
 * machine as well, until Ctrl-C. The regular delivery does not change.
 * @returns 0 after Ctrl-C, 1 when it cannot start, 2 for invalid arguments
 */
export async function listen(args: readonly string[], context: CommandContext): Promise<number> {
  const options = readListenOptions(args)
  if (typeof options === 'string') return failed(context, options, 2)
  let source: Source
  try {
    source = findSource(context, options.panel)
  } catch (error) {
    if (error instanceof ConfigError) return failed(context, error.lines.join('\n'), 1)
    throw error
  }
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
  const knex = connectDatabase({ url: source.databaseUrl, applicationName: 'tributary listen', poolSize: 1 })
  try {
    return await follow(knex, { ...options, ...source, signal: stop.signal }, context)
  } catch (error) {
    if (stop.signal.aborted) return 0
    return failed(context, `the database cannot be read: ${error instanceof Error ? error.message : String(error)}`, 1)
  } finally {
    await knex.destroy()
  }
}

interface Source {
  readonly databaseUrl: string
  /** Whether the installation still runs; always true for a database that `DATABASE_URL` names. */
  readonly isThere: () => boolean
  /** The panel's id as the configuration spells it. */
  readonly panel: string
  readonly secret: string
}

/** @throws ConfigError with one line: no running installation, an unknown panel, or one without postbacks */
function findSource(context: CommandContext, panelId: string): Source {
  const { databaseUrl, dataDirectory } = readEnvironment(context.env, context.directory)
  const running = runningInstallation(dataDirectory)
  const url = databaseUrl ?? running?.databaseUrl
  if (url === undefined) {
    throw new ConfigError([
      `no Tributary runs on ${dataDirectory}: run npm start in another terminal, or set TRIBUTARY_DATA to its folder`,
    ])
  }
  const config = readConfig(context, running)
  const panel = config.panels.find(({ id }) => id.toLowerCase() === panelId.toLowerCase())
  if (panel === undefined) {
    const known = config.panels.map(({ id }) => id).join(', ')
    throw new ConfigError([
      `--panel: panel ${JSON.stringify(panelId)} not found in ${config.file}; its panels: ${known}`,
    ])
  }
  if (!panel.postback) {
    throw new ConfigError([
      `--panel: ${panel.id} has no postback in ${config.file}, so it receives no messages; example: postback: { url: "https://app.example/hooks", secret: "whsec_…" }`,
    ])
  }
  const isThere = () => databaseUrl !== null || runningInstallation(dataDirectory) !== null
  return { databaseUrl: url, isThere, panel: panel.id, secret: panel.postback.secret }
}

/** The configuration that `TRIBUTARY_CONFIG` names, else that of the running installation. */
function readConfig(context: CommandContext, running: RunningInstallation | null): TributaryConfig {
  const named = Boolean(context.env.TRIBUTARY_CONFIG) || running === null
  const file = named ? locateConfig(context.env, context.checkout, context.directory).file : running.configuration
  const env = running === null ? context.env : environmentOf(running, context.env)
  return loadConfig({ file, env, connectionSchemas })
}

type Forwarding = ListenOptions & Omit<Source, 'databaseUrl'> & { readonly signal: AbortSignal }

/** @returns the exit code */
async function follow(knex: Knex, forwarding: Forwarding, context: CommandContext): Promise<number> {
  const { panel, url, sinceMs, signal } = forwarding
  const follower = await MessageFollower.start(knex, panel, sinceMs)
  context.out(`Forwarding the postbacks of ${panel} to ${url.href}, signed with its postback.secret. Ctrl-C ends it.\n`)
  let away = false
  while (!signal.aborted) {
    try {
      await follower.look((message) => insist(message, forwarding, context))
      away = false
    } catch (error) {
      if (signal.aborted || !isDatabaseAway(error)) throw error
      if (!forwarding.isThere()) return failed(context, 'Tributary was stopped; start it and listen again', 1)
      if (!away) context.out('the database does not answer; trying again\n')
      away = true
    }
    await delay(away ? LONGEST_WAIT_MS : LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
  return 0
}

/** Posts a message, and retries it until a server answers at the address, so the messages stay in order. */
async function insist(message: PostbackMessage, forwarding: Forwarding, context: CommandContext): Promise<void> {
  const { url, signal } = forwarding
  for (let wait = 500, told = false; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    const result = await forward(message, forwarding)
    if (result.kind !== 'unreachable') {
      const became =
        result.kind === 'answered' ? `${result.status} in ${result.milliseconds} ms` : 'no answer within 20 s'
      context.out(`${new Date().toISOString()} ${String(message.payload.type)} ${message.postbackId} -> ${became}\n`)
      return
    }
    if (!told) context.out(`nothing answers at ${url.origin} (${result.reason}); trying again until something does\n`)
    told = true
    await delay(wait, undefined, { signal })
  }
}

function failed(context: CommandContext, line: string, code: number): number {
  context.err(`tributary listen: ${line}\n`)
  return code
}
