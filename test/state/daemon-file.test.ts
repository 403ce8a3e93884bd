import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
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

test.each([0o000, 0o277, 0o777])(
  'it is written whole, with mode 0600 under umask %o, over an older one',
  (umask) => {
    const directory = tempDirectory()
    const path = join(directory, 'daemon.json')
    writeFileSync(path, 'old', { mode: 0o644 })
    withUmask(umask, () => writeDaemonFile(path, ours))
    expect(readDaemonFile(path)).toEqual(ours)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(directory)).toEqual(['daemon.json'])
  },
)

test('a missing or invalid file is ignored', () => {
  const path = join(tempDirectory(), 'daemon.json')
  expect(readDaemonFile(path)).toBeUndefined()
  writeFileSync(path, '{"pid": "x"}')
  expect(readDaemonFile(path)).toBeUndefined()
})

describe('a file that another user could have written is rejected', () => {
  const rejection = (sentence: RegExp) =>
    expect.objectContaining({ code: 'state_directory_invalid', message: expect.stringMatching(sentence) })

  test.skipIf(process.getuid?.() !== 0)('in a directory of theirs, or a file of theirs in ours', () => {
    const directory = join(tempDirectory(), 'state')
    mkdirSync(directory, { mode: 0o700 })
    const path = join(directory, 'daemon.json')
    writeDaemonFile(path, ours)
    chownSync(path, 12_345, 12_345)
    expect(() => readDaemonFile(path)).toThrow(rejection(/daemon\.json belongs to another user \(uid 12345/))
    chownSync(path, 0, 0)
    chownSync(directory, 12_345, 12_345)
    expect(() => readDaemonFile(path)).toThrow(rejection(/state belongs to another user \(uid 12345/))
  })

  test('through a symbolic link', () => {
    const directory = tempDirectory()
    const path = join(directory, 'daemon.json')
    writeDaemonFile(path, ours)
    renameSync(path, join(directory, 'elsewhere.json'))
    symlinkSync('elsewhere.json', path)
    expect(() => readDaemonFile(path)).toThrow(rejection(/daemon\.json is a symbolic link: move it away/))
  })

  test.each(['http://example.com/mcp', 'https://127.0.0.1/mcp', 'file:///etc/passwd', '127.0.0.1:7463', ''])(
    'with a url that leads elsewhere: %s',
    (url) => {
      const path = join(tempDirectory(), 'daemon.json')
      writeDaemonFile(path, { ...ours, url })
      expect(() => readDaemonFile(path)).toThrow(rejection(/names a daemon on another machine: remove it/))
    },
  )
})

test('only its writer removes the file', () => {
  const path = join(tempDirectory(), 'daemon.json')
  writeDaemonFile(path, { ...ours, operator_token: 'of the next daemon' })
  removeDaemonFile(path, 'ours')
  expect(existsSync(path)).toBe(true)
  removeDaemonFile(path, 'of the next daemon')
  expect(existsSync(path)).toBe(false)
})
