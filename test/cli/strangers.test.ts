import { spawn } from 'node:child_process'
import { chownSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { acquireLock } from '../../src/state/lock.js'
import { statePaths } from '../../src/state/paths.js'
import { memoryService } from '../helpers/memory-service.js'
import { runCli } from '../helpers/run-cli.js'
import { openStateServer } from '../helpers/state-server.js'
import { tempState } from '../helpers/temp-state.js'

const STRANGER = 12_345
const isRoot = process.getuid?.() === 0

const COMMANDS = [
  ['run', 'a secret'],
  ['exec', '--', 'true'],
  ['ls'],
  ['status'],
  ['start'],
  ['stop'],
  ['restart'],
  ['token'],
]

describe.skipIf(!isRoot)("a stranger's state directory", () => {
  /** What a stranger would prepare: a server that answers to its token, and a pid that is to be killed. */
  async function prepared() {
    const stateDirectory = tempState()
    const service = memoryService()
    await openStateServer(stateDirectory, service)
    const paths = statePaths(stateDirectory)
    const lock = acquireLock(paths)
    onTestFinished(() => lock.release())
    const victim = spawn('sleep', ['1000'])
    onTestFinished(() => void victim.kill('SIGKILL'))
    const file = JSON.parse(readFileSync(paths.daemon, 'utf8'))
    return { stateDirectory, service, paths, victim, file }
  }

  test('gets no message, and cannot choose the process to end', async () => {
    const { stateDirectory, service, paths, victim, file } = await prepared()
    writeFileSync(paths.daemon, JSON.stringify({ ...file, pid: victim.pid }))
    for (const name of readdirSync(stateDirectory)) chownSync(join(stateDirectory, name), STRANGER, STRANGER)
    chownSync(stateDirectory, STRANGER, STRANGER)
    for (const command of COMMANDS) {
      const { code, stderr, stdout } = await runCli(command, { stateDirectory })
      expect(stderr, command[0]).toBe(
        `spoold: The state directory ${stateDirectory} belongs to another user (uid ${STRANGER}, you are 0): ` +
          'start spoold as that user or use another --state-dir (state_directory_invalid)\n',
      )
      expect([code, stdout]).toEqual([3, ''])
    }
    expect(service.calls).toEqual([])
    expect([victim.exitCode, victim.signalCode]).toEqual([null, null])
  })

  test('nor with a foreign daemon.json in our own directory', async () => {
    const { stateDirectory, service, paths } = await prepared()
    chownSync(paths.daemon, STRANGER, STRANGER)
    for (const command of COMMANDS.filter(([name]) => name !== 'token')) {
      const { code, stderr } = await runCli(command, { stateDirectory })
      expect(stderr, command[0]).toContain(`spoold: ${paths.daemon} belongs to another user (uid ${STRANGER}`)
      expect(code).toBe(3)
    }
    expect(service.calls).toEqual([])
  })

  test('a process of another user is never ended, whatever daemon.json contains', async () => {
    const { stateDirectory, paths, file } = await prepared()
    const theirs = spawn('sleep', ['1000'], { uid: STRANGER, gid: STRANGER })
    onTestFinished(() => void theirs.kill('SIGKILL'))
    writeFileSync(paths.daemon, JSON.stringify({ ...file, pid: theirs.pid }), { mode: 0o600 })
    const { code } = await runCli(['stop'], { stateDirectory })
    expect(code).toBe(3)
    expect([theirs.exitCode, theirs.signalCode]).toEqual([null, null])
  })
})

test('a daemon.log that leads elsewhere is not written to, by any command that would start a daemon', async () => {
  const stateDirectory = tempState()
  mkdirSync(stateDirectory, { mode: 0o700 })
  const target = join(dirname(stateDirectory), 'target')
  writeFileSync(target, 'mine\n')
  symlinkSync(target, join(stateDirectory, 'daemon.log'))
  for (const command of [['ls'], ['start'], ['run', 'hello'], ['serve', '--port', '0']]) {
    const { code, stderr } = await runCli(command, { stateDirectory })
    expect(stderr).toBe(
      `spoold: ${stateDirectory}/daemon.log is a symbolic link: move it away or use another --state-dir (state_directory_invalid)\n`,
    )
    expect(code).toBe(3)
  }
  expect(readFileSync(target, 'utf8')).toBe('mine\n')
  expect(readdirSync(stateDirectory)).toEqual(['daemon.log'])
})
