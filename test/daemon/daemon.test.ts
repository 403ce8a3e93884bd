import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { DEFAULT_SETTINGS, type Settings } from '../../src/config/settings.js'
import { openDaemon } from '../../src/daemon/daemon.js'
import { readDaemonFile } from '../../src/state/daemon-file.js'
import { isLocked } from '../../src/state/lock.js'
import { statePaths } from '../../src/state/paths.js'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { runCli } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'

async function open(stateDirectory: string, changes: Partial<Settings> = {}) {
  const settings = { ...DEFAULT_SETTINGS, port: 0, logLevel: 'silent', ...changes } as const
  const daemon = await openDaemon({ stateDirectory, settings, logFile: null })
  onTestFinished(() => daemon.close())
  return daemon
}

async function portInUse(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return (server.address() as AddressInfo).port
}

test('an open daemon can be reached with both tokens, and a closed one leaves nothing but its data', async () => {
  const stateDirectory = tempState()
  const paths = statePaths(stateDirectory)
  const daemon = await open(stateDirectory)
  const file = readDaemonFile(paths.daemon)
  expect(file).toMatchObject({ pid: process.pid, url: daemon.url, version: daemon.version })
  expect(file?.operator_token).toBe(daemon.tokens.operator)
  expect(readFileSync(paths.token, 'utf8').trim()).toBe(daemon.tokens.client)
  for (const path of [paths.database, paths.token, paths.daemon, paths.lock]) {
    expect(statSync(path).mode & 0o777, path).toBe(0o600)
  }
  const { client } = await connect({ stateDirectory, as: 'operator' })
  expect(await client.list()).toMatchObject({ tasks: [] })
  await expect((await connect({ stateDirectory, as: 'client' })).client.purge()).rejects.toThrow(
    /spoold_purge/,
  )

  await daemon.close()
  await daemon.close()
  expect(existsSync(paths.daemon)).toBe(false)
  expect(isLocked(paths)).toBe(false)
  await expect(fetch(new URL('/health', daemon.url))).rejects.toThrow()
})

test('the operator token is new at each start, the client token is kept', async () => {
  const stateDirectory = tempState()
  const first = await open(stateDirectory)
  await first.close()
  const second = await open(stateDirectory)
  expect(second.tokens.client).toBe(first.tokens.client)
  expect(second.tokens.operator).not.toBe(first.tokens.operator)
})

test('close ends a waiting poll with a result', async () => {
  const stateDirectory = tempState()
  const daemon = await open(stateDirectory)
  const { task } = await daemon.service.exec({ argv: ['sleep', '100'], workingDirectory: '/' })
  const wait = { from: 0, waitMs: 50_000, waitFor: 'done', maxBytes: 1000 } as const
  const poll = daemon.service.status(task.id, wait)
  await daemon.close()
  await poll
  const next = await open(stateDirectory)
  expect(await next.service.cancel(task.id)).toMatchObject({ cancelled: true })
})

describe('promise 10: a start that fails changes nothing and leaves nothing open', () => {
  test('a second daemon for the same state directory', async () => {
    const stateDirectory = tempState()
    const first = await startDaemonProcess({ stateDirectory })
    const { code, stderr } = await runCli(['serve'], { stateDirectory })
    expect(stderr).toBe(
      `spoold: A daemon already serves ${stateDirectory} (pid ${first.file.pid}, ${first.file.url}): ` +
        'use it, run `spoold stop` first, or use another --state-dir (daemon_already_running)\n',
    )
    expect(code).toBe(3)
    expect(readDaemonFile(statePaths(stateDirectory).daemon)).toEqual(first.file)
  })

  test('a port in use', async () => {
    const stateDirectory = tempState()
    const port = await portInUse()
    await expect(open(stateDirectory, { port })).rejects.toMatchObject({ code: 'port_in_use', field: 'port' })
    const paths = statePaths(stateDirectory)
    expect(isLocked(paths)).toBe(false)
    expect(existsSync(paths.daemon)).toBe(false)
    await open(stateDirectory)
  })

  test('a port in use, by the command line: one sentence and exit code 3', async () => {
    const port = await portInUse()
    const { code, stderr } = await runCli(['serve', '--port', String(port)], { stateDirectory: tempState() })
    expect(stderr).toMatch(new RegExp(`^spoold: port ${port} on 127.0.0.1 is in use.*--port[^\\n]*\\n$`, 'm'))
    expect(code).toBe(3)
  })

  test('a host that is not this machine', async () => {
    await expect(open(tempState(), { host: '0.0.0.0' })).rejects.toMatchObject({ code: 'config_invalid' })
  })

  test('a corrupt database is rejected and kept', async () => {
    const stateDirectory = tempState()
    mkdirSync(stateDirectory, { mode: 0o700 })
    const content = 'not a database, though long enough to be one. '.repeat(50)
    writeFileSync(join(stateDirectory, 'spoold.db'), content)
    await expect(open(stateDirectory)).rejects.toMatchObject({ code: 'storage_corrupt' })
    expect(readFileSync(join(stateDirectory, 'spoold.db'), 'utf8')).toBe(content)
    expect(isLocked(statePaths(stateDirectory))).toBe(false)
  })
})

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s closes the daemon in order', async (signal) => {
  const stateDirectory = tempState()
  const daemon = await startDaemonProcess({ stateDirectory })
  await daemon.kill(signal)
  expect(daemon.child.exitCode).toBe(0)
  expect(existsSync(statePaths(stateDirectory).daemon)).toBe(false)
  expect(daemon.stderr()).toContain('closing; running tasks continue')
})

test('after a SIGKILL the next daemon starts at once, over the old daemon.json', async () => {
  const stateDirectory = tempState()
  const first = await startDaemonProcess({ stateDirectory })
  await first.kill('SIGKILL')
  expect(readDaemonFile(statePaths(stateDirectory).daemon)).toEqual(first.file)
  const port = Number(new URL(first.file.url).port)
  const second = await startDaemonProcess({ stateDirectory, port })
  expect(second.file.url).toBe(first.file.url)
})
