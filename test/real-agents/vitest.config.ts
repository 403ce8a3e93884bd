import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/real-agents/*.test.ts'],
    // Tests start the built command, so it is built once before them.
    globalSetup: ['test/helpers/build.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // A real agent takes seconds to start, more on a busy machine.
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
})
