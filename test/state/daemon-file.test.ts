import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDaemonFile, removeDaemonFile, writeDaemonFile } from '../../src/state/daemon-file.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { withUmask } from '../helpers/umask.js'

const ours = {
  pid: 1,
  url: 'http://127.0.0.1:7463/mcp',
  version: '0.1.0',
  started_at: '2026-11-24T10:00:00.000Z',
  operator_token: 'ours',
}

test('it is written whole, with mode 0600, over an older one', () => {
  const directory = tempDirectory()
  const path = join(directory, 'daemon.json')
  writeFileSync(path, 'old', { mode: 0o644 })
  withUmask(0, () => writeDaemonFile(path, ours))
  expect(readDaemonFile(path)).toEqual(ours)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(directory)).toEqual(['daemon.json'])
})

test('a missing or broken one counts as none', () => {
  const path = join(tempDirectory(), 'daemon.json')
  expect(readDaemonFile(path)).toBeUndefined()
  writeFileSync(path, '{"pid": "x"}')
  expect(readDaemonFile(path)).toBeUndefined()
})

test('only its writer removes it', () => {
  const path = join(tempDirectory(), 'daemon.json')
  writeDaemonFile(path, { ...ours, operator_token: 'of the next daemon' })
  removeDaemonFile(path, 'ours')
  expect(existsSync(path)).toBe(true)
  removeDaemonFile(path, 'of the next daemon')
  expect(existsSync(path)).toBe(false)
})
