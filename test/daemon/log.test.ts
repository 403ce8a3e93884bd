import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { openLog } from '../../src/daemon/log.js'
import { SpoolError } from '../../src/domain/errors.js'
import { PROJECT } from '../helpers/build.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { withUmask } from '../helpers/umask.js'

/** The lines that a log holds after this. */
function logged(write: (logger: ReturnType<typeof openLog>['logger']) => void) {
  const file = join(tempDirectory(), 'daemon.log')
  const log = openLog(file, 'info')
  write(log.logger)
  log.close()
  const text = readFileSync(file, 'utf8')
  return {
    text,
    lines: text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  }
}

test('tokens and messages never reach the log, however deep they sit', () => {
  const { text, lines } = logged((logger) => {
    logger.info(
      {
        token: 'S1',
        request: {
          message: 'S2',
          headers: { Authorization: 'S3' },
          body: { params: [{ args: { input: 'S4' } }] },
        },
        port: 5,
      },
      'hello',
    )
    logger.debug('not at this level')
  })
  expect(lines).toEqual([expect.objectContaining({ port: 5, msg: 'hello', token: '[hidden]' })])
  expect(text).not.toMatch(/S[1234]/)
})

test('the message of an error is logged, but not the command line that Node adds', () => {
  const { error } = spawnSync('/nonexistent', ['what the person asked'])
  const { text, lines } = logged((logger) => {
    logger.error(
      { err: new SpoolError('launch_error', 'It went wrong.', { cause: error }) },
      'a launch failed',
    )
    logger.error({ err: error, task: 'task-1' }, 'another')
  })
  expect(lines[0].err).toMatchObject({
    code: 'launch_error',
    message: expect.stringContaining('It went wrong.'),
  })
  expect(lines[1]).toMatchObject({ task: 'task-1', err: { code: 'ENOENT', spawnargs: '[hidden]' } })
  expect(text).not.toContain('what the person asked')
})

test('circular references are logged', () => {
  const circle: Record<string, unknown> = { token: 'S1' }
  circle.self = circle
  const { text } = logged((logger) => logger.info({ circle }, 'round'))
  expect(text).toContain('round')
  expect(text).not.toContain('S1')
})

test.each([0o000, 0o277, 0o777])('it has mode 0600 under umask %o', (umask) => {
  const file = join(tempDirectory(), 'daemon.log')
  withUmask(umask, () => openLog(file, 'info').close())
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a symbolic link in its place is not followed', () => {
  const directory = tempDirectory()
  symlinkSync('elsewhere', join(directory, 'daemon.log'))
  expect(() => openLog(join(directory, 'daemon.log'), 'info')).toThrow(
    expect.objectContaining({ code: 'storage_readonly', message: expect.stringContaining('daemon.log') }),
  )
  expect(readdirSync(directory)).toEqual(['daemon.log'])
})

test('a log over 10 MiB is rotated at the start', () => {
  const directory = tempDirectory()
  const file = join(directory, 'daemon.log')
  const limit = 10 * 1024 * 1024
  const start = () => {
    const log = openLog(file, 'info')
    log.logger.info('started')
    log.close()
  }
  writeFileSync(file, '')
  truncateSync(file, limit - 1000)
  start()
  expect(readdirSync(directory)).toEqual(['daemon.log'])

  writeFileSync(`${file}.1`, 'the one before')
  truncateSync(file, limit + 1)
  start()
  expect(statSync(`${file}.1`).size).toBe(limit + 1)
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(1)
})

test('a fatal error is logged, besides the stack trace of Node', () => {
  const file = join(tempDirectory(), 'daemon.log')
  const script = `
    import { openLog } from ${JSON.stringify(pathToFileURL(join(PROJECT, 'dist', 'src', 'daemon', 'log.js')).href)}
    openLog(${JSON.stringify(file)}, 'info')
    Promise.reject(new Error('it broke'))`
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  })
  expect(status).toBe(1)
  expect(stderr).toContain('Error: it broke')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ level: 60, err: { message: 'it broke' } })
})
