/**
 * `npm run test:agents [-- all] [-- FILTER…]`: installs the agent programs where that was not done for their lock file
 * yet, and runs the tests with them.
 */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installOnce, runTests } from '../helpers/installed-programs.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const [all, filters] =
  process.argv[2] === 'all' ? [true, process.argv.slice(3)] : [false, process.argv.slice(2)]

for (const folder of all ? ['first', 'more'] : ['first']) installOnce(join(here, 'programs', folder))

process.exitCode = runTests(here, filters, all ? { REAL_AGENTS: 'all' } : {})
