import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { readDaemonFile } from '../../src/state/daemon-file.js'
import { statePaths } from '../../src/state/paths.js'
import { startDaemonProcess, stopDaemonAfterwards } from '../helpers/daemon-process.js'
import { runCli } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'

function freshState() {
  const stateDirectory = tempState()
  stopDaemonAfterwards(stateDirectory)
  const cli = (...args: string[]) => runCli(args, { stateDirectory })
  return { cli, paths: statePaths(stateDirectory) }
}

test('start, status, restart on the same port, stop', async () => {
  const { cli, paths } = freshState()
  expect((await cli('start')).stdout).toMatch(
    /^spoold \S+ started: pid \d+, http:\/\/127\.0\.0\.1:\d+\/mcp\n$/,
  )
  const first = readDaemonFile(paths.daemon)
  expect((await cli('start')).stdout).toMatch(/is already running: pid/)
  const status = await cli('status', '--json')
  expect(JSON.parse(status.stdout)).toMatchObject({ running: true, pid: first?.pid, running_tasks: 0 })
  expect(status.stdout).not.toContain(String(first?.operator_token))

  expect((await cli('restart')).code).toBe(0)
  const second = readDaemonFile(paths.daemon)
  expect(second?.url).toBe(first?.url)
  expect(second?.pid).not.toBe(first?.pid)

  expect(await cli('stop')).toMatchObject({ code: 0, stdout: expect.stringContaining('No task was active') })
  expect(existsSync(paths.daemon)).toBe(false)
  expect((await cli('status')).code).toBe(3)
})

test('restart does not stop the daemon if the settings are invalid', async () => {
  const stateDirectory = tempState()
  stopDaemonAfterwards(stateDirectory)
  expect((await runCli(['start'], { stateDirectory })).code).toBe(0)
  const file = join(dirname(stateDirectory), 'wrong.json')
  writeFileSync(file, '{"maxTasks": "many"}')
  const rejected = await runCli(['restart'], { stateDirectory, env: { SPOOLD_CONFIG: file } })
  expect(rejected).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('maxTasks') })
  expect((await runCli(['status'], { stateDirectory })).code).toBe(0)
})

test('promise 4: stop and restart leave tasks running, and the next daemon adopts them', async () => {
  const { cli, paths } = freshState()
  const gate = join(paths.root, 'gate')
  const script = `echo one; while [ ! -e ${gate} ]; do sleep 0.1; done; echo two; exit 5`
  const id = (await cli('exec', '-d', '--', 'sh', '-c', script)).stdout.trim()
  expect((await cli('stop')).stdout).toMatch(/1 active task continues/)
  await cli('start')
  expect((await cli('restart')).stdout).toMatch(/1 active task continues/)
  await cli('exec', '--', 'touch', gate)
  expect(await cli('tail', id)).toMatchObject({ code: 5, stdout: 'one\ntwo\n' })
})

test('stop --cancel-tasks ends them first, waiting ones too', async () => {
  const { cli } = freshState()
  const ids: string[] = []
  for (let count = 0; count < 3; count += 1) {
    ids.push((await cli('exec', '-d', '--', 'sleep', '100')).stdout.trim())
  }
  expect((await cli('stop', '--cancel-tasks')).stdout).toMatch(/^3 tasks cancelled\.\nDaemon stopped/)
  for (const id of ids) {
    expect(JSON.parse((await cli('show', id, '--json')).stdout)).toMatchObject({ status: 'cancelled' })
  }
})

test('a daemon of another version causes a warning, and the command continues', async () => {
  const { cli, paths } = freshState()
  await cli('start')
  const { writeDaemonFile } = await import('../../src/state/daemon-file.js')
  const file = readDaemonFile(paths.daemon)
  if (file === undefined) throw new Error('there is no daemon.json')
  writeDaemonFile(paths.daemon, { ...file, version: '99.0.0' })
  const { code, stderr } = await cli('ls')
  expect(stderr).toMatch(
    /^spoold: the daemon has version 99\.0\.0.*spoold restart \(running tasks continue\)$/m,
  )
  expect(code).toBe(0)
})

test('a daemon that does not respond is reported with its pid and the remedy, and not killed', async () => {
  const stateDirectory = tempState()
  const daemon = await startDaemonProcess({ stateDirectory })
  daemon.child.kill('SIGSTOP')
  for (const command of ['status', 'stop']) {
    const { code, stderr } = await runCli([command], { stateDirectory })
    expect(stderr).toContain(
      `spoold: The daemon (pid ${daemon.file.pid}, ${daemon.file.url}) is running but does not respond`,
    )
    expect(code).toBe(3)
  }
  daemon.child.kill('SIGCONT')
  expect((await runCli(['stop'], { stateDirectory })).code).toBe(0)
})

test('tokens, messages and output stay out of the log', async () => {
  const { cli, paths } = freshState()
  await cli('exec', '--', 'echo', 'a-secret-of-mine')
  const log = readFileSync(paths.log, 'utf8')
  expect(log).toContain('listening')
  expect(log).not.toContain('a-secret-of-mine')
  expect(log).not.toContain(readFileSync(paths.token, 'utf8').trim())
  expect(log).not.toContain(String(readDaemonFile(paths.daemon)?.operator_token))
})
