import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLog } from '../../src/daemon/log.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { withUmask } from '../helpers/umask.js'

test('tokens and messages never reach the log, wherever they sit', () => {
  const file = join(tempDirectory(), 'daemon.log')
  const log = withUmask(0, () => openLog(file, 'info'))
  log.logger.info(
    { token: 'S1', request: { message: 'S2', headers: { authorization: 'S3' } }, port: 5 },
    'hello',
  )
  log.logger.debug('not at this level')
  log.close()
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ port: 5, msg: 'hello', token: '[hidden]' })
  expect(lines[0]).not.toMatch(/S[123]/)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})
