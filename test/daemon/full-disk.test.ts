import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BIN, cleanEnvironment } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'

/** Mounts need root, or user namespaces. Where there is neither, a small disk cannot be had. */
const UNSHARE = process.getuid?.() === 0 ? ['-m'] : ['-rm']
const canMount = spawnSync('unshare', [...UNSHARE, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0

test.skipIf(!canMount).each([
  ['before anything could be made', ':'],
  ['where the lock was made already', ': >"$1/daemon.lock"'],
  ['where only the database cannot be made', ': >"$1/daemon.lock"; : >"$1/daemon.log"; : >"$1/token"'],
])('promise 10: a disk that is full at the start, %s, is told with the remedy', (_case, prepare) => {
  const stateDirectory = tempState()
  mkdirSync(stateDirectory, { mode: 0o700 })
  const script = `
    mount -t tmpfs -o size=64k,mode=0700 none "$1" && { ${prepare}; }
    cat /dev/zero >"$1/filler" 2>/dev/null
    exec "$2" "$3" serve --port 0`
  const args = [...UNSHARE, 'sh', '-c', script, 'sh', stateDirectory, process.execPath, BIN]
  const { status, stderr } = spawnSync('unshare', args, {
    env: cleanEnvironment(stateDirectory),
    encoding: 'utf8',
  })
  expect(stderr).toMatch(/^spoold: [^\n]*full[^\n]*free some space[^\n]*\n$/)
  expect(stderr).toContain(stateDirectory)
  expect(status).toBe(3)
})
