import { defineConfig } from 'vitest/config'

/** Tests of what npm installs: `npm run test:installed`. */
export default defineConfig({
  test: {
    include: ['test/installed/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
  },
})
