import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { readDaemonFile } from '../../../src/state/daemon-file.js'
import { startDaemonProcess } from '../../helpers/daemon-process.js'
import { runCli } from '../../helpers/run-cli.js'
import { serviceScene } from '../../helpers/service-scene.js'
import { tempState } from '../../helpers/temp-state.js'

/** A task that waits for a file, prints, and exits with 5. */
const gated = (gate: string) => [
  'exec',
  '-d',
  '--',
  'sh',
  '-c',
  `echo one; while [ ! -e '${gate}' ]; do sleep 0.1; done; echo two; exit 5`,
]

test('promise 4: install hands over from a daemon that was started by hand, restart and uninstall leave tasks running', async () => {
  const { cli, home, paths, unit, pid, calls } = serviceScene()
  const gate = join(home, 'gate')
  const id = (await cli(gated(gate))).stdout.trim()
  const byHand = readDaemonFile(paths.daemon)

  const installed = await cli(['service', 'install'], { ANTHROPIC_API_KEY: 'a-secret' })
  expect(installed).toMatchObject({ code: 0, stderr: '' })
  expect(installed.stdout).toContain(`Wrote ${unit}\n`)
  expect(installed.stdout).toContain('Environment  PATH, HOME, SPOOLD_PORT')
  expect(installed.stdout).toContain('Omitted      ANTHROPIC_API_KEY')
  expect(installed.stdout).toContain(`Daemon stopped (pid ${byHand?.pid}). 1 active task continues`)
  expect(installed.stdout).toContain(`runs as a systemd user service: pid ${pid()}, http`)
  expect(installed.stdout).toContain('loginctl enable-linger')
  expect(readFileSync(unit, 'utf8') + installed.stdout).not.toContain('a-secret')
  expect(readDaemonFile(paths.daemon)?.pid).toBe(pid())
  expect(calls()).toEqual([
    'daemon-reload',
    'enable spoold.service',
    'reset-failed spoold.service',
    'restart spoold.service',
  ])

  const before = pid()
  const restarted = await cli(['restart'])
  expect(restarted.stdout).toMatch(/1 active task continues.*\n.*started as a systemd user service/)
  expect(pid()).not.toBe(before)
  expect(readDaemonFile(paths.daemon)?.pid).toBe(pid())

  expect(await cli(['service', 'uninstall'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(unit),
  })
  expect(existsSync(unit)).toBe(false)
  expect((await cli(['status'])).code).toBe(3)
  expect(calls().slice(-3)).toEqual([
    'disable --now spoold.service',
    'daemon-reload',
    'reset-failed spoold.service',
  ])
  await cli(['start'])
  writeFileSync(gate, '')
  expect(await cli(['tail', id])).toMatchObject({ code: 5, stdout: 'one\ntwo\n' })
})

test('a stopped service stays stopped, and start starts it again', async () => {
  const { cli, pid } = serviceScene()
  expect((await cli(['service', 'install'])).code).toBe(0)
  expect((await cli(['stop'])).code).toBe(0)
  const status = await cli(['service', 'status'])
  expect(status).toMatchObject({ code: 3, stdout: expect.stringContaining('enabled, not active') })
  expect((await cli(['start'])).stdout).toContain(`started as a systemd user service: pid ${pid()}`)
  const json = JSON.parse((await cli(['service', 'status', '--json'])).stdout)
  expect(json).toMatchObject({
    installed: true,
    enabled: true,
    active: true,
    pid: pid(),
    problems: [],
    daemon: { running: true, pid: pid() },
  })
})

test('a second install changes nothing and ends nothing', async () => {
  const { cli, unit, pid, calls } = serviceScene()
  await cli(['service', 'install'])
  const [before, text, count] = [pid(), readFileSync(unit, 'utf8'), calls().length]
  const again = await cli(['service', 'install'])
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining(`Unchanged: ${unit}\n`) })
  expect([pid(), readFileSync(unit, 'utf8')]).toEqual([before, text])
  expect(calls().slice(count)).not.toContain('restart spoold.service')
  const other = await cli(['service', 'install'], { SPOOLD_CONCURRENCY: '3' })
  expect(other.stdout).toMatch(/^Wrote .*\n[\s\S]*SPOOLD_CONCURRENCY[\s\S]*Daemon stopped/)
  expect(pid()).not.toBe(before)
})

test('--print writes nothing and compares with the installed definition', async () => {
  const { cli, unit, calls } = serviceScene()
  const printed = await cli(['service', 'install', '--print'])
  expect(printed.stderr).toContain('which does not exist yet')
  expect(existsSync(unit)).toBe(false)
  expect(calls()).toEqual([])
  mkdirSync(dirname(unit), { recursive: true })
  writeFileSync(unit, printed.stdout)
  expect((await cli(['service', 'install', '--print'])).stderr).toContain('already has this content')
  writeFileSync(unit, `${printed.stdout}# mine\n`)
  expect((await cli(['service', 'install', '--print'])).stderr).toContain('would replace the earlier version')
  writeFileSync(unit, '[Service]\nExecStart=/bin/true\n')
  expect((await cli(['service', 'install', '--print'])).stderr).toContain('was not written by spoold')
})

test('promise 10: a foreign file is left unchanged, also by uninstall, unless --force is given', async () => {
  const { cli, unit, calls } = serviceScene()
  const theirs = '[Service]\nExecStart=/bin/true\n'
  mkdirSync(dirname(unit), { recursive: true })
  writeFileSync(unit, theirs)
  for (const command of ['install', 'uninstall']) {
    const rejected = await cli(['service', command])
    expect(rejected).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(unit) })
    expect(readFileSync(unit, 'utf8')).toBe(theirs)
  }
  expect(calls()).toEqual([])
  expect((await cli(['service', 'install', '--force'])).code).toBe(0)
  expect(readFileSync(unit, 'utf8')).toMatch(/^# Made by `spoold service install`/)
})

test('a user has one service: another state directory is rejected without --force', async () => {
  const { cli, unit, paths } = serviceScene()
  await cli(['service', 'install'])
  const other = join(dirname(paths.root), 'other')
  const rejected = await cli(['service', 'install', '--state-dir', other])
  expect(rejected).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`already serves ${paths.root},`),
  })
  const forced = await cli(['service', 'install', '--state-dir', other, '--force'])
  expect(forced.code).toBe(0)
  expect(readFileSync(unit, 'utf8')).toContain(`--state-dir ${other} `)
  // The state directory that it served is nobody's now.
  expect((await cli(['service', 'status'])).stdout).toContain('it serves another state directory')
  expect((await cli(['status'])).code).toBe(3)
  expect((await cli(['stop', '--state-dir', other])).code).toBe(0)
})

test('a link stays a link', async () => {
  const { cli, unit, home } = serviceScene()
  const real = join(home, 'dotfiles.service')
  mkdirSync(dirname(unit), { recursive: true })
  writeFileSync(real, '')
  symlinkSync(real, unit)
  expect((await cli(['service', 'install', '--force'])).code).toBe(0)
  expect(readFileSync(real, 'utf8')).toContain('ExecStart=')
  expect(readFileSync(unit, 'utf8')).toBe(readFileSync(real, 'utf8'))
})

test('without a reachable manager the file is written, and one sentence has the remedy', async () => {
  const { cli, unit } = serviceScene()
  const away = { MANAGER_AWAY: '1' }
  const { code, stderr } = await cli(['service', 'install'], away)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^spoold: [^\n]*No medium found[^\n]*spoold start\n$/)
  expect(existsSync(unit)).toBe(true)
  const status = await cli(['service', 'status'], away)
  expect(status.stdout).toContain('its manager cannot be reached (Failed to connect to bus: No medium found)')
  // A daemon is started and ended by hand then.
  expect((await cli(['start'], away)).stdout).toMatch(/^spoold \S+ started: pid/)
  expect((await cli(['restart'], away)).stdout).toMatch(/\nspoold \S+ started: pid/)
  expect((await cli(['service', 'uninstall'], away)).code).toBe(0)
  expect(existsSync(unit)).toBe(false)
})

test('without systemctl nothing is written', async () => {
  const stateDirectory = tempState()
  const env = { PATH: '/nonexistent' }
  const { code, stdout, stderr } = await runCli(['service', 'install'], { stateDirectory, env })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(
    /^spoold: [^\n]*systemctl was not found[^\n]*spoold start[^\n]* \(unsupported_platform\)\n$/,
  )
  expect(existsSync(join(dirname(stateDirectory), '.config'))).toBe(false)
})

test('a service that cannot start reports why', async () => {
  const { cli, paths } = serviceScene()
  const other = await startDaemonProcess({ stateDirectory: tempState() })
  const port = new URL(other.file.url).port
  const { code, stderr } = await cli(['service', 'install'], { SPOOLD_PORT: port })
  expect(stderr).toMatch(
    new RegExp(`^spoold: The service was started and failed \\(exit-code\\): .*port ${port} `),
  )
  expect(code).toBe(3)
  const logs = await cli(['service', 'logs', '-n', '1'])
  expect(logs.stdout).toMatch(new RegExp(`^\\S+ \\S+  fatal  .*port ${port} `))
  const status = await cli(['service', 'status'])
  expect(status.stdout).toContain('it has failed (exit-code): spoold service logs')
  expect(readDaemonFile(paths.daemon)).toBeUndefined()
})

test('invalid settings are rejected before anything is written', async () => {
  const { cli, unit, calls } = serviceScene()
  const rejected = await cli(['service', 'install'], { SPOOLD_CONCURRENCY: 'many' })
  expect(rejected).toMatchObject({ code: 2, stderr: expect.stringContaining('SPOOLD_CONCURRENCY') })
  expect(existsSync(unit)).toBe(false)
  expect(calls()).toEqual([])
})

test('restart refuses to end a daemon that its service could not start again', async () => {
  const { cli, unit, pid } = serviceScene()
  await cli(['service', 'install'])
  const text = readFileSync(unit, 'utf8')
  writeFileSync(unit, text.replaceAll('spoold.cjs', 'gone.cjs'))
  const before = pid()
  const rejected = await cli(['restart'])
  expect(rejected).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringContaining('gone.cjs, which no longer exists'),
  })
  expect(pid()).toBe(before)
  expect((await cli(['service', 'install'])).code).toBe(0)
  expect((await cli(['restart'])).code).toBe(0)
})

test('status reports a daemon that was not started by the service', async () => {
  const { cli, pid } = serviceScene()
  await cli(['service', 'install'])
  await cli(['stop'])
  await cli(['ls'])
  const status = await cli(['service', 'status'])
  expect(status).toMatchObject({ code: 1, stdout: expect.stringContaining('was not started by the service') })
  expect((await cli(['restart'])).stdout).toMatch(/\nspoold \S+ started: pid/)
  expect((await cli(['service', 'install'])).stdout).toContain(`runs as a systemd user service: pid ${pid()}`)
})

test('uninstall without a service', async () => {
  const { cli, unit } = serviceScene()
  expect(await cli(['service', 'uninstall'])).toMatchObject({
    code: 0,
    stdout: `No service is installed (${unit} does not exist).\n`,
  })
})
