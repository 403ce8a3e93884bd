import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newToken, readOrCreateToken } from '../../src/state/token.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { withUmask } from '../helpers/umask.js'

test.each([0o000, 0o022, 0o077, 0o277, 0o777])(
  'a token is made once, with mode 0600 under umask %o',
  (umask) => {
    const directory = tempDirectory()
    const path = join(directory, 'token')
    const first = withUmask(umask, () => readOrCreateToken(path))
    expect(first.token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(first.wasOpen).toBe(false)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toBe(`${first.token}\n`)
    expect(readOrCreateToken(path)).toEqual(first)
    expect(readdirSync(directory)).toEqual(['token'])
  },
)

test('tokens differ', () => {
  expect(new Set(Array.from({ length: 100 }, newToken)).size).toBe(100)
})

test('a token that others can read is made private and reported', () => {
  const path = join(tempDirectory(), 'token')
  const { token } = readOrCreateToken(path)
  chmodSync(path, 0o644)
  expect(readOrCreateToken(path)).toEqual({ token, wasOpen: true })
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test.each<[string, (path: string) => void, RegExp]>([
  ['an empty file', (path) => writeFileSync(path, '', { mode: 0o600 }), /does not contain a token/],
  ['other text', (path) => writeFileSync(path, 'secret', { mode: 0o600 }), /does not contain a token/],
  ['a directory', (path) => mkdirSync(path), /is not a regular file/],
  ['a symbolic link', (path) => symlinkSync('/etc/hostname', path), /is not a regular file/],
])('%s in its place is refused', (_case, put, sentence) => {
  const path = join(tempDirectory(), 'token')
  put(path)
  expect(() => readOrCreateToken(path)).toThrow(
    expect.objectContaining({ code: 'state_directory_invalid', message: expect.stringMatching(sentence) }),
  )
})
