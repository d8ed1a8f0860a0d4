import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const HOUR = 3_600_000

test(
  'faults put into the rules of money, sessions and plans fail a pure test (npm run mutation)',
  async () => {
    const ownVitest = Object.entries(process.env).filter(([name]) => !/^(VITEST|TRIBUTARY_|NODE_OPTIONS)/.test(name))
    const stryker = `${root}node_modules/@stryker-mutator/core/bin/stryker.js`
    const run = promisify(execFile)(process.execPath, [stryker, 'run'], {
      cwd: root,
      env: Object.fromEntries(ownVitest),
      maxBuffer: 64 * 1024 * 1024,
    })
    // below its threshold Stryker ends with 1, and says which faults survived
    const { stdout } = await run.catch((error: { stdout?: string }) => {
      throw new Error(error.stdout ?? String(error))
    })
    expect(stdout).toContain('Final mutation score')
  },
  2 * HOUR,
)
