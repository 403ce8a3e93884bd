import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Those need the real programs: npm run test:agents.
    exclude: [...configDefaults.exclude, 'test/real-agents/**'],
    // Tests start the built command, so it is built once before them.
    globalSetup: ['test/helpers/build.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
