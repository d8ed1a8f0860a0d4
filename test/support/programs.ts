import { compiledProgram } from '../../scripts/programs.mjs'

/**
 * The arguments with which Node.js runs a program of the product or of the tests; compiled once, before all tests.
 * @param entry from the checkout: `api/main.ts`
 */
export function programArguments(entry: string): string[] {
  return compiledProgram(process.env.TEST_PROGRAMS ?? '', entry).args
}
