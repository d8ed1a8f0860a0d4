import { Failure } from './report.mjs'

/**
 * What stands behind `npm start --`.
 *
 * @param {string[]} args
 * @returns {{ withSandbox: boolean }}
 * @throws {Failure} naming an argument that is not known
 */
export function readArguments(args) {
  const unknown = args.find((arg) => arg !== '--with-sandbox')
  if (unknown !== undefined) {
    throw new Failure(
      `npm start: ${JSON.stringify(unknown)} is not known: the only flag is npm start -- --with-sandbox`,
    )
  }
  return { withSandbox: args.includes('--with-sandbox') }
}
