import { Connection } from '@temporalio/client'
import { connectDatabase } from '../db/connect.js'
import { readConnectionOverview } from '../db/read-models/connection-overview.js'
import { readHeardParts } from '../db/read-models/heard-parts.js'
import { readPublicAddress } from '../db/stores/key-store.js'
import { type NeededQueue, neededQueues } from '../domain/task-queues.js'
import { readEnvironment } from '../platform/config/environment.js'
import { ConfigError } from '../platform/config/faults.js'
import { loadConfig } from '../platform/config/load.js'
import { locateConfig } from '../platform/config/locate.js'
import { clientOptions, temporalSettings } from '../platform/temporal/connection.js'
import { embeddedTemporalAddress } from '../platform/temporal/embedded.js'
import { connectionSchemas, type TributaryConfig } from '../providers/connection-schemas.js'
import type { CommandContext } from './command-context.js'
import { checkConnections } from './doctor/connections.js'
import { checkDatabase } from './doctor/database.js'
import { type Finding, fault, ok, wordsOf } from './doctor/finding.js'
import { checkHeard } from './doctor/heard.js'
import { diskSpace, nodeVersion } from './doctor/machine.js'
import { checkMatching } from './doctor/matching.js'
import { checkProofs } from './doctor/proofs.js'
import { checkTemporal } from './doctor/temporal.js'
import { liveDatabaseUrl } from './live-database.js'
import { servedConnections } from './served-connections.js'

/**
 * `tributary doctor [--json]`: checks this installation from outside and prints one line for each part, with what to
 * do.
 * @returns 0 when there is no fault, else 1
 */
export async function doctor(args: readonly string[], context: CommandContext): Promise<number> {
  if (args.some((arg) => arg !== '--json')) {
    context.err('doctor: takes --json\n')
    return 2
  }
  const findings = await examine(context)
  if (args.includes('--json')) context.out(`${JSON.stringify({ findings }, null, 2)}\n`)
  else context.out(report(findings))
  return findings.some(({ state }) => state === 'fault') ? 1 : 0
}

async function examine(context: CommandContext): Promise<Finding[]> {
  const findings = [nodeVersion(process.versions.node)]
  const environment = attempt(findings, 'environment', () => readEnvironment(context.env, context.directory))
  const config = attempt(findings, 'configuration', () => {
    const { file } = locateConfig(context.env, context.checkout, context.directory)
    const read = loadConfig({ file, env: context.env, connectionSchemas })
    findings.push(ok('configuration', `${file}: ${contentsOf(read)}`))
    return read
  })
  if (config !== null) findings.push(...checkProofs(config.connections))
  if (environment === null) return findings
  findings.push(await diskSpace(environment.dataDirectory))
  findings.push(...(await examineDatabase(context, config)))
  const temporal = environment.temporalAddress ?? embeddedTemporalAddress(environment.dataDirectory)
  if (temporal === null) {
    findings.push(fault('Temporal', 'no address is known', 'npm start, or set TEMPORAL_ADDRESS'))
    return findings
  }
  return [...findings, ...(await examineTemporal(context, temporal, config))]
}

/** Turns each line of a part's error into a finding. @returns null after an error */
function attempt<Result>(findings: Finding[], part: string, read: () => Result): Result | null {
  try {
    return read()
  } catch (error) {
    const lines = error instanceof ConfigError ? error.lines : [wordsOf(error)]
    findings.push(...lines.map((line) => fault(part, line, 'correct it; npx tributary config shows every setting')))
    return null
  }
}

async function examineDatabase(context: CommandContext, config: TributaryConfig | null): Promise<Finding[]> {
  const url = liveDatabaseUrl(context)
  if (url === null) return [fault('PostgreSQL', 'no address is known', 'npm start, or set DATABASE_URL')]
  const knex = connectDatabase({ url, applicationName: 'tributary doctor', poolSize: 1 })
  try {
    const findings = await checkDatabase(knex)
    const usable = findings.some(({ part, state }) => part === 'schema' && state === 'ok')
    if (!usable || config === null) return findings
    const rows = await readConnectionOverview(knex)
    const heard = checkHeard(await readHeardParts(knex), queuesOf(config))
    const matching = await checkMatching(await readPublicAddress(knex))
    return [...findings, ...heard, ...checkConnections(servedConnections(config), rows, new Date()), ...matching]
  } finally {
    await knex.destroy()
  }
}

async function examineTemporal(
  context: CommandContext,
  address: string,
  config: TributaryConfig | null,
): Promise<Finding[]> {
  const { connectionOptions } = temporalSettings()
  const { temporalNamespace: namespace } = readEnvironment(context.env, context.directory)
  let connection: Connection
  try {
    connection = await Connection.connect({ ...clientOptions({ ...connectionOptions, address }), connectTimeout: '5s' })
  } catch (error) {
    const wayOut = 'start it (npm start brings its own), or correct TEMPORAL_ADDRESS'
    return [fault('Temporal', `${address}: ${wordsOf(error)}`, wayOut)]
  }
  try {
    return await connection.withDeadline(Date.now() + 15_000, () =>
      checkTemporal(connection, namespace, address, queuesOf(config)),
    )
  } catch (error) {
    return [fault('Temporal', `${address}: ${wordsOf(error)}`, 'see its log; a restart loses nothing')]
  } finally {
    await connection.close()
  }
}

function contentsOf({ connections, panels, demandPartners, surveyPlatforms }: TributaryConfig): string {
  const gateway =
    demandPartners.length === 0
      ? ''
      : `, ${demandPartners.length} demand partners, ${surveyPlatforms.length} survey platforms`
  return `${connections.length} connections, ${panels.length} panels${gateway}`
}

/** The queues that this configuration needs (docs/architecture.md, Processes). */
function queuesOf(config: TributaryConfig | null): NeededQueue[] {
  const served = config === null ? [] : servedConnections(config)
  return neededQueues(served.map(({ id, supply }) => ({ id, polled: supply === 'polled' })))
}

function report(findings: readonly Finding[]): string {
  const marks = { ok: 'ok   ', warn: 'warn ', fault: 'FAULT' } as const
  const width = Math.max(...findings.map(({ part }) => part.length))
  const lines = findings.map(({ state, part, found, wayOut }) => {
    return `${marks[state]}  ${part.padEnd(width)}  ${found}${wayOut === null ? '' : ` -> ${wayOut}`}`
  })
  const count = (state: Finding['state']) => findings.filter((one) => one.state === state).length
  return `${lines.join('\n')}\n${count('ok')} ok, ${count('warn')} warnings, ${count('fault')} faults\n`
}
