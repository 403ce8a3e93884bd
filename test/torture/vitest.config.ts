import { defineConfig } from 'vitest/config'

/** The long form: `npm run torture`. */
export default defineConfig({
  test: {
    include: ['test/torture/*.test.ts'],
    globalSetup: ['test/helpers/build.ts'],
    pool: 'forks',
    // The load is mostly waits, the kills mostly starts of daemons: they run beside each other, the others beside both.
    maxWorkers: 3,
    fileParallelism: true,
    testTimeout: 14 * 60_000,
    hookTimeout: 60_000,
    env: { SPOOLD_TORTURE: 'long' },
  },
})
