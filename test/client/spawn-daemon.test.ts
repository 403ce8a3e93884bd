import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { spawnDaemon } from '../../src/client/spawn-daemon.js'
import { statePaths } from '../../src/state/paths.js'
import { PROJECT } from '../helpers/build.js'
import { endDaemonAfterTest } from '../helpers/end-daemon.js'
import { tempState } from '../helpers/temp-state.js'

const BIN = join(PROJECT, 'dist', 'bin', 'spoold.cjs')

test('connect starts a daemon if none runs, and finds it the next time', async () => {
  const stateDirectory = tempState()
  endDaemonAfterTest(stateDirectory)
  const spawn = () => spawnDaemon({ bin: BIN, stateDirectory, args: ['--port', '0'] })
  const first = await connect({ stateDirectory, spawn, as: 'operator' })
  const second = await connect({ stateDirectory, spawn })
  expect(first.hasSpawned).toBe(true)
  expect(second).toMatchObject({ hasSpawned: false, daemon: { pid: first.daemon.pid } })
  expect((await first.client.list()).count).toBe(0)
})

test('two clients that start a daemon at once get the same one', async () => {
  const stateDirectory = tempState()
  endDaemonAfterTest(stateDirectory)
  const request = { bin: BIN, stateDirectory, args: ['--port', '0'] }
  const [one, other] = await Promise.all([spawnDaemon(request), spawnDaemon(request)])
  expect(other.pid).toBe(one.pid)
})

test('a daemon that cannot start says why', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())))
  const { port } = server.address() as AddressInfo
  const starting = spawnDaemon({ bin: BIN, stateDirectory: tempState(), args: ['--port', String(port)] })
  await expect(starting).rejects.toMatchObject({ code: 'daemon_start_failed' })
  await expect(starting).rejects.toThrow(new RegExp(`port ${port} .*--port 0`))
})

test('wrong settings are reported as such', async () => {
  const starting = spawnDaemon({ bin: BIN, stateDirectory: tempState(), args: ['--port', '99999999'] })
  await expect(starting).rejects.toMatchObject({ code: 'config_invalid' })
})

test('a state directory that cannot be created is named', async () => {
  const inAFile = join(BIN, 'state')
  const starting = spawnDaemon({ bin: BIN, stateDirectory: inAFile })
  await expect(starting).rejects.toMatchObject({ code: 'state_directory_invalid' })
  await expect(starting).rejects.toThrow(statePaths(inAFile).root)
})
