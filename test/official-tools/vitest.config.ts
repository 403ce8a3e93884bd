import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/official-tools/*.test.ts'],
    // Tests start the built command, so it is built once before them.
    globalSetup: ['test/helpers/build.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    // One whole revision of the official scenarios.
    hookTimeout: 240_000,
  },
})
