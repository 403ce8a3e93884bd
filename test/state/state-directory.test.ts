import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hasStateDirectory, openStateDirectory } from '../../src/state/state-directory.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { withUmask } from '../helpers/umask.js'

const mode = (path: string) => statSync(path).mode & 0o777
const isRoot = process.getuid?.() === 0

test.each([0o000, 0o077, 0o277, 0o777])(
  'it and those above are made with mode 0700 under umask %o',
  (umask) => {
    const above = join(tempDirectory(), 'a')
    const root = join(above, 'b', 'state')
    const paths = withUmask(umask, () => openStateDirectory(root))
    expect(paths).toMatchObject({ root, database: join(root, 'spoold.db') })
    for (const directory of [above, join(above, 'b'), root]) expect(mode(directory)).toBe(0o700)
  },
)

test('hasStateDirectory does not create it', () => {
  const root = join(tempDirectory(), 'state')
  expect(hasStateDirectory(root)).toBe(false)
  openStateDirectory(root)
  expect(hasStateDirectory(root)).toBe(true)
})

test.skipIf(process.platform !== 'linux')(
  'a place where no directory can be created is rejected at once',
  () => {
    expect(() => openStateDirectory('/proc/x/y')).toThrow(
      expect.objectContaining({
        code: 'state_directory_invalid',
        message: expect.stringContaining('/proc/x/y'),
      }),
    )
  },
)

test('a path with control characters is rejected and not created', () => {
  const directory = tempDirectory()
  expect(() => openStateDirectory(join(directory, 'a\u001b]0;b\u0007'))).toThrow(
    /control characters in its path/,
  )
  expect(readdirSync(directory)).toEqual([])
})

describe('unexpected entries are rejected and left unchanged', () => {
  const made = () => openStateDirectory(join(tempDirectory(), 'state'))
  const rejection = (path: string, what: string) =>
    expect.objectContaining({
      code: 'state_directory_invalid',
      message: `${path} ${what}: move it away or use another --state-dir.`,
    })

  test.each(['database', 'lock', 'log', 'oldLogs', 'daemon'] as const)('for the %s', (name) => {
    const paths = made()
    const path = [paths[name]].flat().at(-1) ?? ''
    mkdirSync(path)
    expect(() => openStateDirectory(paths.root)).toThrow(rejection(path, 'is not a regular file'))
    rmdirSync(path)
    symlinkSync('/dev/null', path)
    expect(() => openStateDirectory(paths.root)).toThrow(rejection(path, 'is a symbolic link'))
    expect(readdirSync(paths.root)).toHaveLength(1)
  })

  test('for the spools', () => {
    const paths = made()
    writeFileSync(paths.spool, '')
    expect(() => openStateDirectory(paths.root)).toThrow(rejection(paths.spool, 'is not a directory'))
  })

  test.skipIf(!isRoot)('of another user', () => {
    const paths = made()
    writeFileSync(paths.log, 'theirs')
    chownSync(paths.log, 12_345, 12_345)
    expect(() => openStateDirectory(paths.root)).toThrow(
      rejection(paths.log, 'belongs to another user (uid 12345, you are 0)'),
    )
  })
})

test.each([0o755, 0o750, 0o701])('our own directory with mode %o is made private', (open) => {
  const root = join(tempDirectory(), 'state')
  mkdirSync(root)
  chmodSync(root, open)
  const { token } = openStateDirectory(root)
  expect(mode(root)).toBe(0o700)
  writeFileSync(token, '')
  chmodSync(root, open)
  openStateDirectory(root)
  expect(mode(root)).toBe(0o700)
})

test.each([0o777, 0o1777, 0o770, 0o702])(
  'one that others can write (mode %o) is rejected and left unchanged',
  (open) => {
    const root = join(tempDirectory(), 'state')
    mkdirSync(root)
    chmodSync(root, open)
    const rejection = expect.objectContaining({
      code: 'state_directory_invalid',
      message: `Other users can write to the state directory ${root}: check its content and make it private (chmod 700), or use another --state-dir.`,
    })
    expect(() => openStateDirectory(root)).toThrow(rejection)
    expect(() => hasStateDirectory(root)).toThrow(rejection)
    expect(statSync(root).mode & 0o7777).toBe(open)
  },
)

test('a directory with other files is rejected and keeps its mode', () => {
  const root = tempDirectory()
  chmodSync(root, 0o755)
  writeFileSync(join(root, 'letter'), '')
  expect(() => openStateDirectory(root)).toThrow(
    /contains other files than spoold's state: use a separate directory/,
  )
  expect(mode(root)).toBe(0o755)
  expect(readdirSync(root)).toEqual(['letter'])
})

test('promise 10: a file in its place is rejected and left unchanged', () => {
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

test('a directory below a file is rejected', () => {
  const file = join(tempDirectory(), 'file')
  writeFileSync(file, '')
  expect(() => openStateDirectory(join(file, 'state'))).toThrow(/cannot be created \(ENOTDIR\)/)
})

test('our own symbolic link is followed, a broken one is rejected', () => {
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

test('a directory of another user is rejected', () => {
  let root = '/'
  if (isRoot) {
    root = join(tempDirectory(), 'state')
    mkdirSync(root)
    chownSync(root, 12_345, 12_345)
  }
  expect(() => openStateDirectory(root)).toThrow(/belongs to another user \(uid \d+, you are \d+\)/)
})

test.skipIf(isRoot)('a directory without write permission is rejected with the remedy', () => {
  const root = join(tempDirectory(), 'state')
  mkdirSync(root)
  chmodSync(root, 0o500)
  expect(() => openStateDirectory(root)).toThrow(/cannot be written \(EACCES\): make it writable/)
})
