/**
 * `npm run test:installed [-- FILTER…]`: packs spoold as it is published, installs the tarball into an empty folder, and runs the
 * tests against it. Only npm keeps its usual settings and cache.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runTests } from '../helpers/installed-programs.mjs'
import { killLeftovers } from '../helpers/process-environments.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const project = join(here, '..', '..')
const directory = mkdtempSync(join(tmpdir(), 'spoold-installed-'))
try {
  const prefix = join(directory, 'prefix')
  const home = join(directory, 'home')
  for (const folder of [prefix, home]) mkdirSync(folder)
  npm(['pack', '--silent', '--pack-destination', directory], project, {})
  const [tarball = ''] = readdirSync(directory).filter((name) => name.endsWith('.tgz'))
  const { npm_config_userconfig = join(homedir(), '.npmrc'), npm_config_cache = join(homedir(), '.npm') } =
    process.env
  npm(
    ['install', '--global', '--prefix', prefix, '--allow-scripts=better-sqlite3', join(directory, tarball)],
    home,
    { HOME: home, npm_config_userconfig, npm_config_cache },
  )
  process.exitCode = runTests(here, process.argv.slice(2), {
    TMPDIR: directory,
    SPOOLD_INSTALLED: prefix,
    SPOOLD_TARBALL: join(directory, tarball),
  })
} finally {
  killLeftovers(directory)
  rmSync(directory, { recursive: true, force: true })
}

/** @param {string[]} args @param {string} cwd @param {Record<string, string>} env */
function npm(args, cwd, env) {
  const { status } = spawnSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error(`npm ${args[0]} ended with ${status}`)
}
