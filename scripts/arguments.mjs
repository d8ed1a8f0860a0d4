import { Failure } from './report.mjs'

/**
 * The arguments after `npm start --`.
 *
 * @param {string[]} args
 * @returns {{ withSandbox: boolean }}
 * @throws {Failure} naming an unknown argument
 */
export function readArguments(args) {
  const unknown = args.find((arg) => arg !== '--with-sandbox')
  if (unknown !== undefined) {
    throw new Failure(
      `npm start: unknown argument ${JSON.stringify(unknown)}: the only flag is npm start -- --with-sandbox`,
    )
  }
  return { withSandbox: args.includes('--with-sandbox') }
}
