import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

/** Top of the project. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/** Programs that tests start hundreds of times, each bundled into one file: a third of the time to load. */
export const BUNDLES = {
  acpAgent: join(PROJECT, 'dist', 'test', 'acp-agent.cjs'),
  migrationChild: join(PROJECT, 'dist', 'test', 'migration-child.cjs'),
}

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
  buildSync({
    entryPoints: [
      { in: join(PROJECT, 'test', 'fixtures', 'acp-agent.mjs'), out: 'acp-agent' },
      { in: join(PROJECT, 'test', 'torture', 'migrations', 'migration-child.mjs'), out: 'migration-child' },
    ],
    outdir: join(PROJECT, 'dist', 'test'),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['better-sqlite3', '#migrations/*'],
    define: { 'import.meta.url': '__filename' },
    logLevel: 'warning',
  })
}
