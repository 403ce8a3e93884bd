import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeDaemonFile } from '../../src/state/daemon-file.js'
import { acquireLock, isLocked } from '../../src/state/lock.js'
import { openStateDirectory } from '../../src/state/state-directory.js'
import { PROJECT } from '../helpers/build.js'
import { tempState } from '../helpers/temp-state.js'

test('a second daemon is rejected and told the pid of the first, until the lock is released', () => {
  const paths = openStateDirectory(tempState())
  const lock = acquireLock(paths)
  expect(statSync(paths.lock).mode & 0o777).toBe(0o600)
  expect(() => acquireLock(paths)).toThrow(
    expect.objectContaining({
      code: 'daemon_already_running',
      message: expect.stringContaining(`A daemon already serves ${paths.root}: `),
    }),
  )
  const other = {
    pid: 4711,
    url: 'http://127.0.0.1:1/mcp',
    version: '1',
    started_at: 'x',
    operator_token: 't',
  }
  writeDaemonFile(paths.daemon, other)
  expect(() => acquireLock(paths)).toThrow(/\(pid 4711, http:\/\/127\.0\.0\.1:1\/mcp\)/)
  expect(isLocked(paths)).toBe(true)

  lock.release()
  expect(isLocked(paths)).toBe(false)
  acquireLock(paths).release()
})

test('an entry that is not a regular file is rejected and not followed', () => {
  const paths = openStateDirectory(tempState())
  symlinkSync(paths.database, paths.lock)
  expect(() => isLocked(paths)).toThrow(/daemon\.lock is a symbolic link/)
  expect(existsSync(paths.database)).toBe(false)
})

test('a killed process releases the lock', async () => {
  const paths = openStateDirectory(tempState())
  const module = join(PROJECT, 'dist', 'src', 'state', 'lock.js')
  const script = `
    const { acquireLock } = await import(${JSON.stringify(module)})
    // Kept: what nobody holds is closed by the garbage collector.
    globalThis.lock = acquireLock(${JSON.stringify(paths)})
    console.log('held')
    setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  expect(isLocked(paths)).toBe(true)
  expect(() => acquireLock(paths)).toThrow(/already serves/)

  const gone = once(holder, 'exit')
  holder.kill('SIGKILL')
  await gone
  acquireLock(paths).release()
})
