import { resolve } from 'node:path'
import type { Env } from './document.js'
import { ConfigError } from './faults.js'
import { maskSecret, maskUrlPassword } from './mask.js'
import type { Setting } from './settings.js'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/**
 * The settings that a process takes from its environment, not from the file (docs/configuration.md, The environment).
 */
export interface Environment {
  readonly port: number
  /** True when PORT was given: then the port must be free. */
  readonly portGiven: boolean
  readonly host: string
  /** Null = the embedded PostgreSQL. */
  readonly databaseUrl: string | null
  /** host:port; null = a Temporal that `npm start` looks for. */
  readonly temporalAddress: string | null
  readonly temporalNamespace: string
  /** TRIBUTARY_CONFIG as it was given. */
  readonly configFile: string | null
  /** The folder of embedded data, as an absolute path. */
  readonly dataDirectory: string
  readonly logLevel: LogLevel
}

const STANDARD = { port: 8080, host: '127.0.0.1', namespace: 'default', data: '.tributary', logLevel: 'info' } as const

/**
 * Reads the environment. An empty variable counts as unset.
 * @param directory the base of a relative TRIBUTARY_DATA
 * @throws ConfigError with one line for every variable that is invalid
 */
export function readEnvironment(env: Env, directory: string = process.cwd()): Environment {
  const lines: string[] = []
  const given = (name: string): string | null => env[name]?.trim() || null
  const complain = (name: string, text: string, example: string) =>
    lines.push(`${name}: ${text}; example: ${name}=${example}`)

  const port = given('PORT')
  if (port !== null && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535))
    complain('PORT', 'must be a whole number from 0 (any free port) to 65535', '8080')

  const host = given('HOST')
  if (host !== null && !/^[A-Za-z0-9.:_-]+$/.test(host))
    complain('HOST', 'must be an address or a host name', '127.0.0.1')

  const databaseUrl = given('DATABASE_URL')
  if (databaseUrl !== null && !(/^postgres(ql)?:\/\//.test(databaseUrl) && URL.canParse(databaseUrl)))
    complain('DATABASE_URL', 'must be the address of a PostgreSQL', 'postgres://user:password@127.0.0.1:5432/tributary')

  const temporalAddress = given('TEMPORAL_ADDRESS')
  if (temporalAddress !== null && !/^(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+):\d{1,5}$/.test(temporalAddress))
    complain('TEMPORAL_ADDRESS', 'must be host:port', '127.0.0.1:7233')

  const level = given('LOG_LEVEL') ?? STANDARD.logLevel
  const logLevel = LOG_LEVELS.find((known) => known === level)
  if (!logLevel) complain('LOG_LEVEL', `must be one of ${LOG_LEVELS.join(', ')}`, 'info')

  if (lines.length > 0) throw new ConfigError(lines)
  return {
    port: port === null ? STANDARD.port : Number(port),
    portGiven: port !== null,
    host: host ?? STANDARD.host,
    databaseUrl,
    temporalAddress,
    temporalNamespace: given('TEMPORAL_NAMESPACE') ?? STANDARD.namespace,
    configFile: given('TRIBUTARY_CONFIG'),
    dataDirectory: resolve(directory, given('TRIBUTARY_DATA') ?? STANDARD.data),
    logLevel: logLevel ?? STANDARD.logLevel,
  }
}

/** The environment's settings with their sources, ready to show: passwords and keys are masked. */
export function listEnvironment(env: Env): Setting[] {
  const row = (name: string, standard: string, mask: (value: string) => string = (value) => value): Setting => {
    const value = env[name]?.trim()
    return value ? { name, value: mask(value), source: `env ${name}` } : { name, value: standard, source: 'default' }
  }
  const temporal = Object.keys(env)
    .filter((name) => /^TEMPORAL_[A-Z0-9_]+$/.test(name) && !['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE'].includes(name))
    .sort()
    .map((name) => row(name, '', /KEY|DATA|META|SECRET|TOKEN|AUTH/.test(name) ? maskSecret : undefined))
  return [
    row('PORT', String(STANDARD.port)),
    row('HOST', STANDARD.host),
    row('DATABASE_URL', 'embedded PostgreSQL', maskUrlPassword),
    row('TEMPORAL_ADDRESS', 'a Temporal dev server of our own'),
    row('TEMPORAL_NAMESPACE', STANDARD.namespace),
    ...temporal.filter((setting) => setting.value !== ''),
    row('TRIBUTARY_CONFIG', 'see the first line'),
    row('TRIBUTARY_DATA', STANDARD.data),
    row('LOG_LEVEL', STANDARD.logLevel),
  ]
}
