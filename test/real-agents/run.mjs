/**
 * `npm run test:agents [-- all] [-- FILTER…]`: installs the agent programs where that was not done for their lock file
 * yet, and runs the tests with them.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const project = join(here, '..', '..')
const [all, filters] =
  process.argv[2] === 'all' ? [true, process.argv.slice(3)] : [false, process.argv.slice(2)]

for (const folder of all ? ['first', 'more'] : ['first']) install(join(here, 'programs', folder))

run(
  'npx',
  ['--no-install', 'vitest', 'run', '--config', join(here, 'vitest.config.ts'), ...filters],
  project,
  {
    ...process.env,
    ...(all ? { REAL_AGENTS: 'all' } : {}),
  },
)

/** @param {string} folder with a package.json and its lock */
function install(folder) {
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8')
  const mark = join(folder, 'node_modules', '.installed-lock.json')
  if (readIfThere(mark) === lock) return
  run('npm', ['ci', '--no-audit', '--no-fund'], folder, process.env)
  // Written last, so that an installation that was interrupted counts as none.
  writeFileSync(mark, lock)
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/**
 * Ends this process with the code of a command that fails.
 * @param {string} command @param {string[]} args @param {string} cwd @param {NodeJS.ProcessEnv} env
 */
function run(command, args, cwd, env) {
  const { status, error } = spawnSync(command, args, { cwd, env, stdio: 'inherit' })
  if (error !== undefined) throw error
  if (status !== 0) process.exit(status ?? 1)
}
