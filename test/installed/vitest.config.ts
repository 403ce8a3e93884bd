import { defineConfig } from 'vitest/config'

/** Tests of the installed package: `npm run test:installed`. */
export default defineConfig({
  test: {
    include: ['test/installed/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
  },
})
