import { basename } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest begins first. */
const FIRST = ['kills.test.ts', 'load.test.ts', 'hostile-tools.test.ts', 'hostile-http.test.ts']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = FIRST.indexOf(basename(moduleId))
      return found === -1 ? FIRST.length : found
    }
    return [...files].sort((a, b) => place(a) - place(b))
  }
}

/** The long form: `npm run torture`. */
export default defineConfig({
  test: {
    include: ['test/torture/*.test.ts'],
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
