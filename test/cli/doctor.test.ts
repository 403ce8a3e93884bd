import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { statePaths } from '../../src/state/paths.js'
import { startDaemonProcess, stopDaemonAfterwards } from '../helpers/daemon-process.js'
import { fakePrograms } from '../helpers/fake-programs.js'
import { freePort } from '../helpers/free-port.js'
import { runCli } from '../helpers/run-cli.js'
import { serviceScene } from '../helpers/service-scene.js'
import { tempDirectory, tempState } from '../helpers/temp-state.js'

interface Finding {
  check: string
  state: string
  finding: string
  remedy: string | null
}

/** A state directory that a daemon has made; none runs any more. */
async function scene() {
  const stateDirectory = tempState()
  stopDaemonAfterwards(stateDirectory)
  const config = join(dirname(stateDirectory), 'config.json')
  writeFileSync(config, '{"defaultAgent": "shell", "agents": {"shell": {"kind": "command", "argv": ["sh"]}}}')
  const env = { SPOOLD_CONFIG: config }
  const cli = (...args: string[]) => runCli(args, { stateDirectory, env })
  await cli('exec', '--', 'true')
  await cli('stop')
  const doctor = async () => {
    const { code, stdout } = await cli('doctor', '--json')
    const findings = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Finding)
    return { code, of: (check: string) => findings.find((one) => one.check === check) }
  }
  return { stateDirectory, cli, doctor, paths: statePaths(stateDirectory) }
}

test('without problems it prints a line for each check', async () => {
  const { cli, paths } = await scene()
  const { code, stdout } = await cli('doctor')
  expect(stdout).toMatch(/^ok {7}database +\S+ is sound: [\d.]+ kB, schema \d+$/m)
  expect(stdout).toMatch(/^ok {7}clock +/m)
  expect(stdout).toMatch(/^ok {7}daemon +not running/m)
  expect(stdout).toMatch(/^ok {7}service +not installed/m)
  // An agent that is not there is a warning; the default one is.
  const warnings = stdout.split('\n').filter((line) => !/^(ok {7}|warning {2}agent |( +)→ )/.test(line))
  expect(warnings).toEqual([expect.stringMatching(/^(All is well\.|1 warning; what to do .*)$/), ''])
  expect(code).toBe(0)
  expect(stdout).toContain(paths.log)
})

test('problems and warnings are counted in the last line', async () => {
  const stateDirectory = join(tempDirectory(), 'state')
  writeFileSync(stateDirectory, '')
  const { code, stdout } = await runCli(['doctor'], { stateDirectory, env: { PATH: '/nonexistent' } })
  expect(stdout).toMatch(/^PROBLEM +state directory +\S+ is not a directory\n +→ move it away/m)
  expect(stdout).toMatch(/\n2 problems; the remedy is after each arrow\.\n$/)
  expect(code).toBe(1)
})

test('a damaged or foreign database', async () => {
  const { doctor, paths } = await scene()
  const sound = readFileSync(paths.database)
  writeFileSync(paths.database, 'no database, but more than nothing at all '.repeat(100))
  const damaged = await doctor()
  expect(damaged.of('database')).toMatchObject({
    state: 'problem',
    finding: expect.stringContaining('is damaged'),
    remedy: expect.stringContaining('spoold db --recover'),
  })
  expect(damaged.code).toBe(1)
  expect(damaged.of('node')).toMatchObject({ state: 'ok' })

  writeFileSync(paths.database, sound)
  const db = new Database(paths.database)
  db.pragma('application_id = 7')
  db.close()
  expect((await doctor()).of('database')?.finding).toContain('not a database of spoold')
})

test('a schema that is older or newer', async () => {
  const { doctor, paths } = await scene()
  const write = (sql: string) => {
    const db = new Database(paths.database)
    db.exec(sql)
    db.close()
  }
  write('PRAGMA user_version = 1')
  expect((await doctor()).of('database')).toMatchObject({
    state: 'warning',
    remedy: expect.stringContaining('spoold restart'),
  })
  write(
    "PRAGMA user_version = 99; INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', 9999999999999)",
  )
  const { code, of } = await doctor()
  expect(of('database')).toMatchObject({
    state: 'problem',
    remedy: expect.stringContaining('install the newer version'),
  })
  expect(code).toBe(1)
})

test('a database that another program holds is not called damaged, by db --check either', async () => {
  const { cli, doctor, paths } = await scene()
  const script = `
    const db = new (require(process.argv[1]))(process.argv[2])
    db.pragma('locking_mode = EXCLUSIVE')
    db.exec('BEGIN EXCLUSIVE')
    console.log('locked')
    setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, [
    '-e',
    script,
    createRequire(import.meta.url).resolve('better-sqlite3'),
    paths.database,
  ])
  onTestFinished(async () => {
    const gone = once(holder, 'close')
    holder.kill('SIGKILL')
    await gone
  })
  await once(holder.stdout, 'data')
  const { code, of } = await doctor()
  expect(of('database')).toMatchObject({
    state: 'problem',
    finding: expect.stringContaining('is locked by another program'),
  })
  expect(code).toBe(1)
  const checked = await cli('db', '--check')
  expect(checked).toMatchObject({ code: 1, stdout: '' })
  expect(checked.stderr).toMatch(/^spoold: \S+ is locked by another program [^\n]*try again\.\n$/)
})

test('a database that cannot be read is not called damaged, by db --check either', async () => {
  const { cli, paths } = await scene()
  const directory = `${paths.root}/as-a-directory`
  mkdirSync(join(directory, 'spoold.db'), { recursive: true, mode: 0o700 })
  const checked = await cli('db', '--check', '--state-dir', directory)
  expect(checked).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('cannot be read') })
})

test('a large log of the database, and files that others may read', async () => {
  const { doctor, paths } = await scene()
  writeFileSync(`${paths.database}-wal`, '', { mode: 0o600 })
  truncateSync(`${paths.database}-wal`, 300e6)
  chmodSync(paths.database, 0o644)
  const { of, code } = await doctor()
  expect(of('database log')).toMatchObject({ state: 'warning', finding: expect.stringContaining('300 MB') })
  expect(of('database files')).toMatchObject({
    state: 'warning',
    remedy: expect.stringMatching(/^chmod 600 \S+spoold\.db( |$)/),
  })
  expect(code).toBe(0)
})

test('a clock that was set back', async () => {
  const { doctor, paths } = await scene()
  expect((await doctor()).of('clock')).toMatchObject({ state: 'ok' })
  const db = new Database(paths.database)
  db.prepare('UPDATE sessions SET last_used_at = ?').run(Date.now() + 7_200_000)
  db.close()
  expect((await doctor()).of('clock')).toMatchObject({
    state: 'warning',
    finding: expect.stringMatching(/is (2h|1h 59m).* ahead/),
  })
})

test('spools that are left over', async () => {
  const { cli, doctor, paths } = await scene()
  const db = new Database(paths.database, { readonly: true })
  const ended = String(db.prepare('SELECT id FROM tasks').pluck().get())
  db.close()
  for (const name of [ended, 'task-nobody-knows']) mkdirSync(join(paths.spool, name))
  expect((await doctor()).of('spools'), 'a moment is nothing').toBeUndefined()
  for (const name of [ended, 'task-nobody-knows']) utimesSync(join(paths.spool, name), 0, 0)
  const { stdout } = await cli('doctor')
  expect(stdout).toMatch(/warning +spools +1 spool of ended tasks\n +→ spoold restart/)
  expect(stdout).toMatch(
    /warning +spools +1 spool of tasks that are not in the database, such as task-nobody-knows/,
  )
})

test('errors in the log, since the last start', async () => {
  const { doctor, paths } = await scene()
  const log = (fields: object) =>
    appendFileSync(paths.log, `${JSON.stringify({ time: new Date().toISOString(), pid: 1, ...fields })}\n`)
  expect((await doctor()).of('log')).toMatchObject({ state: 'ok' })
  log({ level: 60, msg: 'port in use' })
  log({ level: 50, msg: 'the purge failed' })
  expect((await doctor()).of('log')).toMatchObject({
    state: 'warning',
    finding: expect.stringMatching(/^2 errors in the last day, at .*: the purge failed$/),
    remedy: 'spoold service logs -n 100',
  })
  log({ level: 30, msg: 'listening' })
  expect((await doctor()).of('log')).toMatchObject({ state: 'ok' })
  log({ level: 60, err: { message: 'x' }, msg: 'the daemon ends' })
  log({ level: 30, msg: 'listening' })
  expect((await doctor()).of('log')).toMatchObject({ state: 'warning' })
})

test('the program that uses the port', async () => {
  const { doctor, stateDirectory, cli } = await scene()
  const port = await freePort()
  const withPort = { stateDirectory, env: { SPOOLD_PORT: String(port) } }
  const server = createServer((socket) => void socket.destroy()).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const other = await runCli(['doctor'], withPort)
  expect(other.stdout).toMatch(
    new RegExp(`PROBLEM +daemon +not running, .*port ${port} is not available \\(used by another program\\)`),
  )
  server.close()
  await once(server, 'close')
  const daemon = await startDaemonProcess({ stateDirectory: tempState(), port })
  expect((await runCli(['doctor'], withPort)).stdout).toContain(
    `(used by spoold of another state directory, pid ${daemon.file.pid})`,
  )
  await cli('start')
  expect((await doctor()).of('daemon')).toMatchObject({ state: 'ok' })
})

test('problems of the service', async () => {
  const { cli, unit, paths } = serviceScene()
  const service = async (more: Record<string, string> = {}) => {
    const { stdout } = await cli(['doctor', '--json'], more)
    const findings = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Finding)
    return findings.find(({ check }) => check === 'service')
  }
  await cli(['service', 'install'])
  expect(await service()).toMatchObject({
    state: 'ok',
    finding: expect.stringContaining('systemd user service, pid'),
  })
  expect(await service({ MANAGER_AWAY: '1' })).toMatchObject({ state: 'warning' })
  await cli(['stop'])
  expect(await service()).toMatchObject({ state: 'warning', remedy: 'spoold start' })
  await cli(['ls'])
  expect(await service()).toMatchObject({
    state: 'warning',
    finding: expect.stringContaining('was not started by it'),
  })

  const text = readFileSync(unit, 'utf8')
  writeFileSync(unit, text.replaceAll('spoold.cjs', 'gone.cjs'))
  expect(await service()).toMatchObject({ state: 'problem', finding: expect.stringContaining('gone') })
  const old = join(dirname(paths.root), 'old')
  mkdirSync(join(old, 'dist', 'bin'), { recursive: true })
  writeFileSync(join(old, 'package.json'), '{"version": "0.0.9"}')
  writeFileSync(join(old, 'dist', 'bin', 'spoold.cjs'), '')
  writeFileSync(unit, text.replaceAll(/\S+spoold\.cjs/g, join(old, 'dist', 'bin', 'spoold.cjs')))
  expect(await service()).toMatchObject({
    state: 'warning',
    finding: expect.stringContaining('spoold 0.0.9, this is'),
    remedy: expect.stringContaining('spoold service install'),
  })
  writeFileSync(unit, '[Service]\n')
  expect(await service()).toMatchObject({ state: 'warning', remedy: expect.stringContaining('move it away') })
})

test('agents are those that the daemon finds, whatever this shell has on its PATH', async () => {
  const { stateDirectory } = await scene()
  const programs = fakePrograms({ claude: '2.1.3' })
  const config = join(dirname(stateDirectory), 'config.json')
  writeFileSync(config, '{"defaultAgent": "claude", "agents": {"claude": {"kind": "claude"}}}')
  const env = { SPOOLD_CONFIG: config, ANTHROPIC_API_KEY: 'key-of-a-test' }
  await startDaemonProcess({ stateDirectory, env: { ...env, PATH: '/usr/bin:/bin' } })
  const withIt = { ...env, PATH: `${programs}:${process.env.PATH}` }
  const doctor = async () => (await runCli(['doctor'], { stateDirectory, env: withIt })).stdout
  expect(await doctor()).toMatch(/^PROBLEM {2}agent claude +claude is not on PATH/m)
  await runCli(['stop'], { stateDirectory, env })
  expect(await doctor()).toMatch(/^ok {7}agent claude +2\.1\.3$/m)
})

test('a config file that cannot be read hides nothing else', async () => {
  const { stateDirectory, doctor } = await scene()
  writeFileSync(join(dirname(stateDirectory), 'config.json'), '{"defaultAgent": ')
  const { of, code } = await doctor()
  expect(of('config')).toMatchObject({ state: 'problem' })
  expect(of('service')).toBeDefined()
  expect(of('daemon')).toBeDefined()
  expect(code).toBe(1)
})
