import { basename } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type Reporter, type TestSpecification } from 'vitest/node'

/** What takes longest begins first. */
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

/** Tells why a test failed when it did: the others go on for minutes, or up to the time limit, which ends all. */
const failuresAtOnce: Reporter = {
  onTestCaseResult(test) {
    for (const { message, stack } of test.result().errors ?? [])
      console.error(test.fullName, stack ?? message)
  },
}

/** The long form: `npm run torture`. */
export default defineConfig({
  test: {
    include: ['test/torture/*.test.ts'],
    reporters: ['default', failuresAtOnce],
    globalSetup: ['test/helpers/build.ts'],
    pool: 'forks',
    // The load is mostly waits, the kills mostly starts of daemons: they run beside each other, the others beside both.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    testTimeout: 14 * 60_000,
    hookTimeout: 60_000,
    env: { SPOOLD_TORTURE: 'long' },
  },
})
