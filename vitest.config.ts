import { defineConfig } from 'vitest/config'

// `npm run test:long` sets TRIBUTARY_LONG; everything else leaves the long runs out.
const long = process.env.TRIBUTARY_LONG === '1'

export default defineConfig({
  test: {
    include: long ? ['test/long/**/*.test.ts'] : ['test/**/*.test.{ts,mjs}'],
    exclude: ['**/node_modules/**', ...(long ? [] : ['test/long/**'])],
    globalSetup: ['test/support/servers.ts'],
    // the Temporal SDK's native code and process.env do not mix with worker threads
    pool: 'forks',
    // loading express, the Temporal SDK and zod again for each file took a quarter of the suite's time: files of a worker
    // share their modules. A test that changes process.env or a module's state puts it back.
    isolate: false,
    maxWorkers: 2,
    // a timeout only ends what hangs; how fast something must be, a test asserts itself
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
  },
})
