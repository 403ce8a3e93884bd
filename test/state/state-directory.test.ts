import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStateDirectory } from '../../src/state/state-directory.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { withUmask } from '../helpers/umask.js'

const mode = (path: string) => statSync(path).mode & 0o777
const isRoot = process.getuid?.() === 0

test.each([0o000, 0o077, 0o777])('it is made with mode 0700 under umask %o', (umask) => {
  const root = join(tempDirectory(), 'state')
  withUmask(umask, () => openStateDirectory(root))
  expect(mode(root)).toBe(0o700)
})

test('directories above it are made too', () => {
  const root = join(tempDirectory(), 'a', 'b', 'state')
  expect(openStateDirectory(root)).toMatchObject({ root, database: join(root, 'spoold.db') })
  expect(mode(root)).toBe(0o700)
})

test('one of ours that others may enter is closed to them', () => {
  const root = join(tempDirectory(), 'state')
  mkdirSync(root)
  chmodSync(root, 0o777)
  openStateDirectory(root)
  expect(mode(root)).toBe(0o700)
})

test('promise 10: a file in its place is refused and left as it was', () => {
  const directory = tempDirectory()
  const root = join(directory, 'state')
  writeFileSync(root, 'mine')
  expect(() => openStateDirectory(root)).toThrow(
    expect.objectContaining({
      code: 'state_directory_invalid',
      message: expect.stringContaining(`${root} is not a directory`),
    }),
  )
  expect(readdirSync(directory)).toEqual(['state'])
})

test('a directory below a file is refused', () => {
  const file = join(tempDirectory(), 'file')
  writeFileSync(file, '')
  expect(() => openStateDirectory(join(file, 'state'))).toThrow(/cannot be made \(ENOTDIR\)/)
})

test('our own symbolic link is followed, a broken one is refused', () => {
  const directory = tempDirectory()
  mkdirSync(join(directory, 'elsewhere'), { mode: 0o755 })
  symlinkSync('elsewhere', join(directory, 'state'))
  openStateDirectory(join(directory, 'state'))
  expect(mode(join(directory, 'elsewhere'))).toBe(0o700)

  symlinkSync('nowhere/at/all', join(directory, 'broken'))
  expect(() => openStateDirectory(join(directory, 'broken'))).toThrow(
    expect.objectContaining({ code: 'state_directory_invalid' }),
  )
})

test('a directory of another user is refused', () => {
  let root = '/'
  if (isRoot) {
    root = join(tempDirectory(), 'state')
    mkdirSync(root)
    chownSync(root, 12_345, 12_345)
  }
  expect(() => openStateDirectory(root)).toThrow(/belongs to another user \(uid \d+, you are \d+\)/)
})

test.skipIf(isRoot)('a directory that may not be written is refused with the remedy', () => {
  const root = join(tempDirectory(), 'state')
  mkdirSync(root)
  chmodSync(root, 0o500)
  expect(() => openStateDirectory(root)).toThrow(/cannot be written \(EACCES\): make it writable/)
})
