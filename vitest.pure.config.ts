import { defineConfig } from 'vitest/config'

// the pure rules alone, without servers: what `npm run mutation` runs again for every mutant
export default defineConfig({
  test: {
    include: ['test/domain/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 60_000,
  },
})
