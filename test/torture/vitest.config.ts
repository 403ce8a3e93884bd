import { basename } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type Reporter, type TestSpecification } from 'vitest/node'

/** The longest tests start first. */
const FIRST = [
  'kills.test.ts',
  'load.test.ts',
  'hostile-tools.test.ts',
  'damage.test.ts',
  'hostile-http.test.ts',
  'lost.test.ts',
  'migrations.test.ts',
  'power.test.ts',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = FIRST.indexOf(basename(moduleId))
      return found === -1 ? FIRST.length : found
    }
    return [...files].sort((a, b) => place(a) - place(b))
  }
}

/** Prints a failure immediately, because the other tests run for minutes, possibly until the time limit. */
const immediateFailures: Reporter = {
  onTestCaseResult(test) {
    for (const { message, stack } of test.result().errors ?? [])
      console.error(test.fullName, stack ?? message)
  },
}

/** The long form: `npm run torture`. */
export default defineConfig({
  test: {
    include: ['test/torture/*.test.ts'],
    reporters: ['default', immediateFailures],
    globalSetup: ['test/helpers/build.ts'],
    pool: 'forks',
    // The load test mostly waits and the kill test mostly starts daemons, so they can run in parallel with each other and the rest.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    testTimeout: 14 * 60_000,
    hookTimeout: 60_000,
    env: { SPOOLD_TORTURE: 'long' },
  },
})
