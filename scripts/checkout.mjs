import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the checkout, whatever the working directory of the caller is. */
export const checkout = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/**
 * Where fetched programs (the Temporal server) are kept: beside the data, not in it, so that a second data
 * directory uses the same copy and `npm ci`, which empties node_modules, does not throw it away.
 */
export const toolsDirectory = path.join(checkout, '.tributary-tools')

/**
 * The directory of the embedded data.
 *
 * @param {NodeJS.ProcessEnv} environment `TRIBUTARY_DATA`, relative to the checkout [.tributary]
 */
export function dataDirectory(environment) {
  return path.resolve(checkout, environment.TRIBUTARY_DATA || '.tributary')
}
