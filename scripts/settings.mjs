import fs from 'node:fs'
import path from 'node:path'
import { checkout, dataDirectory } from './checkout.mjs'
import { Failure } from './report.mjs'

/**
 * The settings of `npm start`.
 *
 * @typedef {object} Settings
 * @property {string} data the data directory, absolute
 * @property {string} host the address that the API listens on
 * @property {number | undefined} port the requested one; 0 = any free one; undefined = the default one, else any
 * @property {string | undefined} databaseUrl the user's own PostgreSQL
 * @property {string | undefined} temporalAddress the user's own Temporal, host:port
 * @property {string} namespace
 * @property {string} configuration the configuration file, absolute
 * @property {boolean} sandbox whether the provider sandbox runs
 * @property {string | undefined} addedSandbox the sandbox's configuration file, when it is added to the user's own
 */

/**
 * Reads the environment, without changing anything.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @param {{ withSandbox?: boolean }} [args] `withSandbox`: the sandbox is added to the user's own configuration
 * @returns {Settings}
 * @throws {Failure} naming the variable, what is wrong with it and an example
 */
export function readSettings(environment, { withSandbox = false } = {}, root = checkout) {
  const sandbox = path.join(root, 'sandbox', 'tributary.sandbox.yaml')
  const configuration = findConfiguration(environment, root) ?? sandbox
  const addedSandbox = withSandbox && configuration !== sandbox ? sandbox : undefined
  return {
    data: dataDirectory(environment),
    host: environment.HOST || '127.0.0.1',
    port: readPort(environment.PORT),
    databaseUrl: readDatabaseUrl(environment.DATABASE_URL),
    temporalAddress: readTemporalAddress(environment.TEMPORAL_ADDRESS),
    namespace: environment.TEMPORAL_NAMESPACE || 'default',
    configuration,
    sandbox: configuration === sandbox || addedSandbox !== undefined,
    addedSandbox,
  }
}

function findConfiguration(environment, root) {
  if (environment.TRIBUTARY_CONFIG) {
    // npm changes into the checkout; the path is relative to the folder where the user typed it
    const places = [environment.INIT_CWD ?? process.cwd(), root].map((folder) =>
      path.resolve(folder, environment.TRIBUTARY_CONFIG),
    )
    const found = places.find((file) => fs.existsSync(file))
    if (found === undefined) {
      throw new Failure(
        `TRIBUTARY_CONFIG: file ${places[0]} not found: correct the path, e.g. TRIBUTARY_CONFIG=./tributary.yaml, or unset it to try the sandbox`,
      )
    }
    return found
  }
  const own = path.join(root, 'tributary.yaml')
  return fs.existsSync(own) ? own : undefined
}

function readPort(text) {
  if (text === undefined || text === '') return undefined
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new Failure(
      `PORT: ${JSON.stringify(text)} is not a port: set a number from 0 (any free one) to 65535, e.g. PORT=8080`,
    )
  return Number(text)
}

function readDatabaseUrl(text) {
  if (!text) return undefined
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) {
    throw new Failure(
      'DATABASE_URL: is not a PostgreSQL URL: e.g. DATABASE_URL=postgres://user:password@127.0.0.1:5432/tributary, or unset it to use the embedded one',
    )
  }
  return text
}

function readTemporalAddress(text) {
  if (!text) return undefined
  if (!/^[^:/\s]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i.test(text)) {
    throw new Failure(
      `TEMPORAL_ADDRESS: ${JSON.stringify(text)} is not host:port: e.g. TEMPORAL_ADDRESS=127.0.0.1:7233, or unset it to use the dev server`,
    )
  }
  return text
}
