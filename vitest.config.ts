import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The longest files, which start first, so that none of them runs alone at the end. */
const LONGEST = [
  'torture/migrations.test.ts',
  'torture/kills.test.ts',
  'tasks/acp.test.ts',
  'torture/power.test.ts',
  'cli/tasks.test.ts',
  'cli/doctor.test.ts',
  'cli/service/service.test.ts',
  'e2e/poll-by-index.test.ts',
  'torture/lost.test.ts',
  'torture/load.test.ts',
  'cli/top.test.ts',
  'cli/db.test.ts',
  'cli/daemon.test.ts',
  'cli/client/client.test.ts',
  'torture/hostile-messages.test.ts',
  'torture/hostile-tools.test.ts',
  'e2e/big-writer.test.ts',
  'e2e/stdio-streams.test.ts',
  'e2e/sdk-clients.test.ts',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}`))
      return found === -1 ? LONGEST.length : found
    }
    return [...(await super.sort(files))].sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need packages that npm installs for them: npm run test:agents, conformance, inspector and test:installed.
    exclude: [
      ...configDefaults.exclude,
      'test/real-agents/**',
      'test/official-tools/**',
      'test/installed/**',
    ],
    // Tests start the built command, so it is built once before them.
    globalSetup: ['test/helpers/build.ts'],
    pool: 'forks',
    // Half of the time tests wait for other processes.
    maxWorkers: Math.min(2 * availableParallelism(), 8),
    // A worker loads each module once and not once per file, which was a quarter of the processor time. A test that
    // replaces a module or a global puts it back.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Far more than any test needs on a quiet machine, so that none fails on a busy one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
