import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Installs the programs of a folder with a package.json and its lock, where that was not done for this lock yet.
 * Ends this process with npm's code where that fails.
 * @param {string} folder
 */
export function installOnce(folder) {
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8')
  const mark = join(folder, 'node_modules', '.installed-lock.json')
  if (readIfThere(mark) === lock) return
  // Some of them ask for another Node than this one.
  const code = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], folder)
  if (code !== 0) process.exit(code)
  // Written last, so that an installation that was interrupted counts as none.
  writeFileSync(mark, lock)
}

/**
 * Runs the tests of a folder with its own configuration of vitest, and gives their exit code.
 * @param {string} folder @param {string[]} tests names or filters
 * @param {Record<string, string>} env more of it @param {number} [timeout] ms; then they are ended, which fails
 */
export function runTests(folder, tests, env, timeout) {
  const project = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
  // Not by npx, which would be ended without its child.
  const vitest = join(project, 'node_modules', 'vitest', 'vitest.mjs')
  const order = [vitest, 'run', '--config', join(folder, 'vitest.config.ts'), ...tests]
  return run(process.execPath, order, project, env, timeout)
}

/** @param {string} path */
export function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** @param {string} command @param {string[]} args @param {string} cwd @param {Record<string, string>} [env] @param {number} [timeout] */
function run(command, args, cwd, env, timeout) {
  const { status, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: 'inherit',
    timeout,
    // vitest ends its tests at it, which clean up.
    killSignal: 'SIGINT',
  })
  if (error !== undefined && error.code === 'ETIMEDOUT') console.error(`Ended after ${timeout} ms.`)
  else if (error !== undefined) throw error
  return status ?? 1
}
