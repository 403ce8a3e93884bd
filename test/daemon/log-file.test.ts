import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLog } from '../../src/daemon/log.js'
import { openLogFile } from '../../src/daemon/log-file.js'
import { oldLogsOf } from '../../src/state/paths.js'
import { tempDirectory } from '../helpers/temp-state.js'

/** All lines, oldest first, of a log and those before it. */
function linesOf(file: string): string[] {
  return [...oldLogsOf(file)]
    .reverse()
    .concat(file)
    .flatMap((one) => (existsSync(one) ? readFileSync(one, 'utf8').split('\n').slice(0, -1) : []))
}

test('rotation loses, repeats and splits no line, and keeps the size limit', () => {
  const file = join(tempDirectory(), 'daemon.log')
  const log = openLog(file, 'info', 10_000)
  for (let count = 0; count < 300; count += 1)
    log.logger.info({ count, text: 'é'.repeat(count % 50) }, 'line')
  log.close()
  const counts = linesOf(file).map((line) => (JSON.parse(line) as { count: number }).count)
  expect(counts.at(-1)).toBe(299)
  const first = counts[0] ?? 0
  expect(first).toBeLessThan(200)
  expect(counts).toEqual(Array.from({ length: 300 - first }, (_, place) => first + place))
  expect(readdirSync(join(file, '..')).sort()).toEqual([
    'daemon.log',
    'daemon.log.1',
    'daemon.log.2',
    'daemon.log.3',
  ])
  for (const one of [file, ...oldLogsOf(file)]) {
    expect(statSync(one).size).toBeLessThanOrEqual(10_000)
    expect(statSync(one).mode & 0o777).toBe(0o600)
  }
})

test('a new daemon continues at the position of the previous one', () => {
  const file = join(tempDirectory(), 'daemon.log')
  for (let count = 0; count < 20; count += 1) {
    const log = openLogFile(file, 100)
    log.write(`${String(count).padStart(29)}\n`)
    log.close()
  }
  expect(linesOf(file).map(Number)).toEqual(Array.from({ length: 11 }, (_, place) => 9 + place))
})

test('if it cannot be rotated, it grows and is rotated later', () => {
  const directory = tempDirectory()
  const file = join(directory, 'daemon.log')
  const log = openLogFile(file, 20)
  // A directory in the way: renames over it fail.
  mkdirSync(join(directory, 'daemon.log.1'))
  mkdirSync(join(directory, 'daemon.log.1', 'x'))
  mkdirSync(join(directory, 'daemon.log.2'))
  mkdirSync(join(directory, 'daemon.log.2', 'x'))
  mkdirSync(join(directory, 'daemon.log.3'))
  mkdirSync(join(directory, 'daemon.log.3', 'x'))
  for (let count = 0; count < 5; count += 1) log.write(`a line ${count}\n`)
  log.close()
  expect(readFileSync(file, 'utf8')).toBe('a line 0\na line 1\na line 2\na line 3\na line 4\n')
})

test('a line larger than the limit gets its own file, and a device is never rotated', () => {
  const file = join(tempDirectory(), 'daemon.log')
  const log = openLogFile(file, 20)
  for (const letter of ['a', 'b']) log.write(`${letter.repeat(50)}\n`)
  log.close()
  expect(readFileSync(file, 'utf8')).toBe(`${'b'.repeat(50)}\n`)
  expect(readFileSync(`${file}.1`, 'utf8')).toBe(`${'a'.repeat(50)}\n`)

  const device = openLogFile('/dev/null', 20)
  for (let count = 0; count < 5; count += 1) device.write('a line of some length\n')
  device.close()
  expect(existsSync('/dev/null.1')).toBe(false)
})
