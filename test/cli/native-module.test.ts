import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROJECT } from '../helpers/build.js'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { runCli } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'

/* Another Node than the one that SQLite's binding was built for, as after a change by a version manager. */

const PRELOADED = join(PROJECT, 'test', 'fixtures', 'foreign-node.cjs')
const env = { NODE_OPTIONS: `--require=${PRELOADED}` }

test('a running daemon is recognized, and the error has the remedy', async () => {
  const stateDirectory = tempState()
  await startDaemonProcess({ stateDirectory })
  for (const command of ['status', 'stop', 'restart']) {
    const { code, stdout, stderr } = await runCli([command], { stateDirectory, env })
    expect(code, command).toBe(1)
    expect(stderr, command).toContain('was built for a version of Node other than')
    expect(stderr, command).toContain('npm rebuild better-sqlite3')
    expect(stdout, command).toBe('')
  }
  expect((await runCli(['ls'], { stateDirectory, env })).code, 'needs no SQLite').toBe(0)
  expect((await runCli(['status'], { stateDirectory })).code).toBe(0)
})
