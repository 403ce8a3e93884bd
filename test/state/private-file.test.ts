import { spawnSync } from 'node:child_process'
import { closeSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPrivateLog } from '../../src/state/private-file.js'
import { tempDirectory } from '../helpers/temp-state.js'

const modeOf = (path: string) => statSync(path).mode & 0o777

test('a log is made private; a device or pipe keeps its mode', () => {
  const directory = tempDirectory('log')
  const log = join(directory, 'daemon.log')
  writeFileSync(log, 'before\n', { mode: 0o644 })
  closeSync(openPrivateLog(log))
  expect(modeOf(log)).toBe(0o600)

  const pipe = join(directory, 'pipe')
  expect(spawnSync('mkfifo', ['-m', '666', pipe]).status).toBe(0)
  closeSync(openPrivateLog(pipe))
  expect(modeOf(pipe)).toBe(0o666)
})
