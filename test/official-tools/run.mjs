/**
 * `node run.mjs NAME`: installs the official programs where that was not done for their lock file yet, and runs
 * NAME.test.ts with them. Where that counts the checks of the official runner, they are told last.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const project = join(here, '..', '..')
/** Bounds the tests, which bound themselves, from outside too. */
const LONGEST_MS = 15 * 60_000

install()
const directory = mkdtempSync(join(tmpdir(), 'spoold-counts-'))
const counts = join(directory, 'counts')
try {
  const tests = process.argv.slice(2).map((name) => join('test', 'official-tools', `${name}.test.ts`))
  const vitest = ['--no-install', 'vitest', 'run', '--config', join(here, 'vitest.config.ts'), ...tests]
  const code = run('npx', vitest, project, { CONFORMANCE_COUNTS: counts })
  tell(readIfThere(counts))
  process.exitCode = code
} finally {
  rmSync(directory, { recursive: true, force: true })
}

function install() {
  const lock = readFileSync(join(here, 'package-lock.json'), 'utf8')
  const mark = join(here, 'node_modules', '.installed-lock.json')
  if (readIfThere(mark) === lock) return
  // Most of them ask for the Node that is installed with them.
  const code = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], here, {})
  if (code !== 0) process.exit(code)
  // Written last, so that an installation that was interrupted counts as none.
  writeFileSync(mark, lock)
}

/** @param {string | null} lines one group of scenarios each, in JSON */
function tell(lines) {
  if (lines === null) return
  const groups = lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  console.log('Checks of the official conformance runner')
  for (const { title, passed, failed, baselined, skipped } of groups) {
    console.log(
      `${title}: ${passed} passed, ${failed} failed, ${baselined} baselined, ${skipped} not applicable`,
    )
  }
  const sum = (of) => groups.reduce((total, group) => total + group[of], 0)
  console.log(`checks in all: ${sum('passed')} passed, ${sum('failed')} failed`)
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** @param {string} command @param {string[]} args @param {string} cwd @param {Record<string, string>} env */
function run(command, args, cwd, env) {
  const options = { cwd, env: { ...process.env, ...env }, stdio: 'inherit', timeout: LONGEST_MS }
  const { status, error } = spawnSync(command, args, options)
  if (error !== undefined) throw error
  return status ?? 1
}
