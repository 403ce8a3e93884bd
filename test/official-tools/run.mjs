/**
 * `node run.mjs NAME`: installs the official programs, unless they are installed for this lock file, and runs
 * NAME.test.ts with them. Prints the counts of the official runner's checks last, if there are any.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installOnce, readIfThere, runTests } from '../helpers/installed-programs.mjs'

const here = dirname(fileURLToPath(import.meta.url))
/** A limit for everything; the tests have their own limits. */
const MAX_MS = 15 * 60_000

installOnce(here)
const directory = mkdtempSync(join(tmpdir(), 'spoold-counts-'))
const counts = join(directory, 'counts')
try {
  const tests = process.argv.slice(2).map((name) => join('test', 'official-tools', `${name}.test.ts`))
  process.exitCode = runTests(here, tests, { CONFORMANCE_COUNTS: counts }, MAX_MS)
  printCounts(readIfThere(counts))
} finally {
  rmSync(directory, { recursive: true, force: true })
}

/** @param {string | null} lines one group of scenarios per line, in JSON */
function printCounts(lines) {
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
  console.log(`all checks: ${sum('passed')} passed, ${sum('failed')} failed`)
}
