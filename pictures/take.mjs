/**
 * `npm run pictures`: runs spoold in a terminal, with scripts as agents, and draws the screen as the SVG files in docs/pictures.
 * The configuration and files of the user are neither used nor shown.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { agents } from './agents.mjs'
import { screenSvg } from './screen-svg.mjs'
import { openTerminal } from './terminal.mjs'

const project = join(dirname(fileURLToPath(import.meta.url)), '..')
const target = join(project, 'docs', 'pictures')
const home = mkdtempSync(join(tmpdir(), 'spoold-pictures-'))

prepare()
const environment = {
  HOME: home,
  PATH: `${join(home, 'bin')}:/usr/bin:/bin`,
  LANG: 'C.UTF-8',
  SPOOLD_PORT: '0',
}
const terminal = openTerminal({
  columns: 112,
  rows: 18,
  cwd: join(home, 'shop'),
  env: environment,
})
try {
  // Starts the daemon first, because its first response takes longest.
  await terminal.run('spoold start; clear')

  await terminal.run('spoold run "Why does the checkout test fail?"')
  capture('run', 'spoold run')

  await terminal.run(
    'spoold run -d -a tests "the whole suite"; spoold run -d -a writer "Release notes of 2.4"; clear',
  )
  await terminal.run('spoold exec -d -- sh -c "sleep 1; echo 3 warnings; exit 1"; sleep 2; clear')
  await terminal.run('spoold ls --all')
  capture('ls', 'spoold ls --all')

  await terminal.run('clear; spoold tail @-2 @-3 --no-follow')
  capture('tail', 'spoold tail')

  terminal.type('clear; spoold top\r')
  await terminal.until(/[1-9] B\/s[^\n]*release/)
  capture('top', 'spoold top')
  terminal.type('q')
} finally {
  spawnSync(join(home, 'bin', 'spoold'), ['stop', '--cancel-tasks'], { env: environment })
  await terminal.close()
  rmSync(home, { recursive: true, force: true })
}

function prepare() {
  mkdirSync(target, { recursive: true })
  for (const directory of ['bin', 'shop', '.config/spoold'])
    mkdirSync(join(home, directory), { recursive: true })
  const command = join(project, 'dist', 'bin', 'spoold.cjs')
  writeFileSync(join(home, 'bin', 'spoold'), `#!/bin/sh\nexec '${process.execPath}' '${command}' "$@"\n`, {
    mode: 0o755,
  })
  writeFileSync(
    join(home, '.config', 'spoold', 'config.json'),
    JSON.stringify({ agents, defaultAgent: 'reviewer' }),
  )
}

/** @param {string} name @param {string} title */
function capture(name, title) {
  const rows = Math.max(6, terminal.text().split('\n').length)
  writeFileSync(join(target, `${name}.svg`), screenSvg(terminal.screen, title, rows))
}
