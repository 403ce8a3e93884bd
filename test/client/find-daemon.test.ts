import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { findDaemon } from '../../src/client/find-daemon.js'
import { spawnDaemon } from '../../src/client/spawn-daemon.js'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { tempState } from '../helpers/temp-state.js'

test('no daemon, one that responds, one that does not and one that was killed are distinguished', async () => {
  const stateDirectory = tempState()
  expect(await findDaemon(stateDirectory)).toEqual({ state: 'absent' })
  const daemon = await startDaemonProcess({ stateDirectory })
  expect(await findDaemon(stateDirectory)).toEqual({ state: 'responding', daemon: daemon.file })

  daemon.child.kill('SIGSTOP')
  expect(await findDaemon(stateDirectory)).toEqual({ state: 'silent', daemon: daemon.file })
  const before = readdirSync(stateDirectory)
  const connecting = connect({
    stateDirectory,
    spawn: () => spawnDaemon({ bin: '/nonexistent', stateDirectory }),
  })
  await expect(connecting).rejects.toMatchObject({
    code: 'daemon_unreachable',
    message: expect.stringContaining(
      `(pid ${daemon.file.pid}, ${daemon.file.url}) is running but does not respond`,
    ),
  })
  expect(readdirSync(stateDirectory)).toEqual(before)

  await daemon.kill('SIGKILL')
  expect(await findDaemon(stateDirectory)).toEqual({ state: 'absent' })
})
