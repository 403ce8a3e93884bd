import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Top of the project. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * vitest's globalSetup: makes dist/ current, since tests start the built command as a process of its own.
 * Type errors are shown and do not stop the tests; the type check of `npm test` is what fails for them.
 */
export default function build(): void {
  const tsc = join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc')
  const { error, signal } = spawnSync(process.execPath, [tsc], { cwd: PROJECT, stdio: 'inherit' })
  if (error !== undefined || signal !== null) throw new Error('tsc did not run', { cause: error })
  const bundle = spawnSync(process.execPath, ['bundle.mjs'], { cwd: PROJECT, stdio: 'inherit' })
  if (bundle.status !== 0) throw new Error('the command could not be bundled', { cause: bundle.error })
}
