import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Those need what npm installs for them: npm run test:agents, conformance, inspector and test:installed.
    exclude: [
      ...configDefaults.exclude,
      'test/real-agents/**',
      'test/official-tools/**',
      'test/installed/**',
    ],
    // Tests start the built command, so it is built once before them.
    globalSetup: ['test/helpers/build.ts'],
    pool: 'forks',
    maxWorkers: 4,
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
