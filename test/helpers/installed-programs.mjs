import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Installs the programs of a folder with a package.json and a lock file, unless that was done for this lock file before.
 * Exits with npm's code if that fails.
 * @param {string} folder
 */
export function installOnce(folder) {
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8')
  const mark = join(folder, 'node_modules', '.installed-lock.json')
  if (readIfThere(mark) === lock) return
  // Some of them require another version of Node.
  const code = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], folder)
  if (code !== 0) process.exit(code)
  // Written last, so that an interrupted installation is repeated.
  writeFileSync(mark, lock)
}

/**
 * Runs the tests of a folder with its own configuration of vitest, and returns the exit code.
 * @param {string} folder @param {string[]} tests names or filters
 * @param {Record<string, string>} env added to the environment @param {number} [timeout] ms; the tests fail then
 */
export function runTests(folder, tests, env, timeout) {
  const project = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
  // Not with npx: a kill would end npx and leave its child.
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
    // vitest ends its tests at this signal, so that they clean up.
    killSignal: 'SIGINT',
  })
  if (error !== undefined && error.code === 'ETIMEDOUT') console.error(`Ended after ${timeout} ms.`)
  else if (error !== undefined) throw error
  return status ?? 1
}
