import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the checkout, whatever the working directory of the caller is. */
export const checkout = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/**
 * The folder of downloaded programs (the Temporal server). It is outside the data directory, so a second data directory
 * uses the same copy, and outside node_modules, which `npm ci` empties.
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
