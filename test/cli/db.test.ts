import { spawnSync } from 'node:child_process'
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { statePaths } from '../../src/state/paths.js'
import { stopDaemonAfterwards } from '../helpers/daemon-process.js'
import { BIN, cleanEnvironment, runCli } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

function scene() {
  const stateDirectory = tempState()
  stopDaemonAfterwards(stateDirectory)
  const cli = (...args: string[]) => runCli(args, { stateDirectory })
  return { cli, paths: statePaths(stateDirectory), gate: join(dirname(stateDirectory), 'gate') }
}

/** Zeros in the place of the last pages of a table. */
function overwritePages(file: string, table: string, count: number): void {
  const db = new Database(file, { readonly: true })
  const pages = db
    .prepare('SELECT pageno FROM dbstat WHERE name = ? ORDER BY pageno DESC LIMIT ?')
    .pluck()
    .all(table, count) as number[]
  db.close()
  for (const page of pages) overwritePage(file, page)
}

function overwritePage(file: string, page: number): void {
  const opened = openSync(file, 'r+')
  writeSync(opened, Buffer.alloc(8192), 0, 8192, (page - 1) * 8192)
  closeSync(opened)
}

test('db --recover does nothing for a sound or missing database', async () => {
  const { cli, paths } = scene()
  const none = await cli('db', '--recover')
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('no database') })
  await cli('exec', '--', 'echo', 'hello')
  await cli('stop')
  const before = readFileSync(paths.database)
  expect(await cli('db', '--recover')).toMatchObject({ code: 0, stdout: expect.stringContaining('is sound') })
  expect(readFileSync(paths.database).equals(before)).toBe(true)
})

test('db --recover is rejected while a daemon is running', async () => {
  const { cli } = scene()
  await cli('start')
  const rejected = await cli('db', '--recover')
  expect(rejected).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('spoold stop') })
})

test('promises 1, 4 and 9: a damaged database is rejected with the remedy, kept, and recovered; a running task continues', async () => {
  const { cli, paths, gate } = scene()
  const ended = (
    await cli('exec', '-d', '--', 'sh', '-c', 'head -c 300000 /dev/zero | tr "\\0" x')
  ).stdout.trim()
  await cli('tail', ended)
  const script = `echo before; while [ ! -e ${gate} ]; do sleep 0.1; done; echo after; exit 5`
  const running = (await cli('exec', '-d', '--', 'sh', '-c', script)).stdout.trim()
  await waitFor('its output', async () =>
    (await cli('tail', '--no-follow', running)).stdout.includes('before'),
  )
  await cli('stop')
  overwritePages(paths.database, 'chunks', 3)
  // That one nobody can overlook.
  overwritePage(paths.database, 1)
  const damaged = readFileSync(paths.database)

  const rejected = await cli('start')
  expect(rejected.code).toBe(3)
  expect(rejected.stderr).toContain('spoold db --recover')
  expect(readFileSync(paths.database).equals(damaged), 'it is left untouched').toBe(true)

  const recovered = await cli('db', '--recover')
  expect(recovered).toMatchObject({ code: 0, stderr: '' })
  expect(recovered.stdout).toMatch(/tasks +2 +0\n/)
  const kept = join(paths.root, readdirSync(paths.root).find((name) => name.includes('.damaged-')) ?? '')
  expect(recovered.stdout).toContain(kept)
  expect(readFileSync(kept).equals(damaged), 'the damaged one is kept as it was').toBe(true)
  expect(statSync(kept).mode & 0o777).toBe(0o600)
  expect(statSync(paths.database).mode & 0o777).toBe(0o600)

  await cli('start')
  const { stdout, stderr } = await cli('tail', '--no-follow', ended)
  expect(stdout).toMatch(/^x+$/)
  expect(stdout.length).toBeLessThan(300_000)
  expect(stderr).toContain('[spoold: a part of the output was lost')
  writeFileSync(gate, '')
  expect(await cli('tail', running)).toMatchObject({ code: 5, stdout: expect.stringMatching(/after\n$/) })
})

test('promise 9: a task whose row is lost is reported, and its spool is kept', async () => {
  const { cli, paths, gate } = scene()
  const script = `echo before; while [ ! -e ${gate} ]; do sleep 0.1; done`
  const running = (await cli('exec', '-d', '--', 'sh', '-c', script)).stdout.trim()
  await waitFor('its output', async () =>
    (await cli('tail', '--no-follow', running)).stdout.includes('before'),
  )
  await cli('stop')
  overwritePages(paths.database, 'tasks', 1)
  const recovered = await cli('db', '--recover')
  expect(recovered.stdout).toMatch(/tasks +0 +1\n/)
  expect(recovered.stdout).toContain(running)
  const spools = readdirSync(paths.root).find((name) => name.startsWith('spool.damaged-')) ?? ''
  expect(readFileSync(join(paths.root, spools, running, 'out'), 'utf8')).toBe('before\n')
  writeFileSync(gate, '')
  await cli('start')
  const shown = JSON.parse((await cli('show', running, '--json')).stdout)
  expect(shown).toMatchObject({ status: 'failed', end_reason: 'lost' })
})

test('promise 10: a foreign file is left unchanged', async () => {
  const { cli, paths } = scene()
  await cli('start')
  await cli('stop')
  writeFileSync(paths.database, 'no database at all '.repeat(2_000))
  const before = readdirSync(paths.root)
  const rejected = await cli('db', '--recover')
  expect(rejected).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringContaining('No data of spoold'),
  })
  expect(readdirSync(paths.root)).toEqual(before)
})

test('promise 10: a missing database is not created again while tasks are running', async () => {
  const { cli, paths, gate } = scene()
  const script = `while [ ! -e ${gate} ]; do sleep 0.1; done; echo after`
  const running = (await cli('exec', '-d', '--', 'sh', '-c', script)).stdout.trim()
  await waitFor('its start', async () => (await cli('show', running)).stdout.includes('running'))
  await cli('stop')
  const database = readFileSync(paths.database)
  rmSync(paths.database)
  const rejected = await cli('start')
  expect(rejected).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('put the database (with its -wal file) or a backup back'),
  })
  writeFileSync(paths.database, database, { mode: 0o600 })
  writeFileSync(gate, '')
  expect(await cli('tail', running)).toMatchObject({ code: 0, stdout: 'after\n' })
})

test('db --check recognizes a sound database, also during writes, and a damaged one', async () => {
  const { cli, paths, gate } = scene()
  expect(await cli('db', '--check')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('spoold start'),
  })
  const script = `while [ ! -e ${gate} ]; do echo on; done`
  const id = (await cli('exec', '--detach', '--', 'sh', '-c', script)).stdout.trim()
  for (let n = 0; n < 5; n += 1) {
    const { code, stdout } = await cli('db', '--check')
    expect(stdout).toMatch(/spoold\.db is sound: schema 3, 1 task, \d[\d,]* chunks?, .*B.*\.\n$/)
    expect(code).toBe(0)
  }
  writeFileSync(gate, '')
  await cli('tail', id)
  await cli('stop')
  overwritePages(paths.database, 'tasks', 1)
  const damaged = await cli('db', '--check')
  expect(damaged).toMatchObject({ code: 1, stdout: expect.stringContaining('spoold db --recover') })
})

test('db --backup copies the database of a running daemon to a private file, and replaces nothing', async () => {
  const { cli, paths } = scene()
  await cli('exec', '--', 'echo', 'hello')
  const copy = join(dirname(paths.root), 'copy.db')
  const { code, stdout } = await cli('db', '--backup', copy)
  expect(stdout).toContain(copy)
  expect(code).toBe(0)
  expect(statSync(copy).mode & 0o777).toBe(0o600)
  const db = new Database(copy, { readonly: true })
  expect(db.prepare('SELECT text FROM task_text').pluck().all()).toEqual(['hello\n'])
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  db.close()
  const before = readFileSync(copy)
  const again = await cli('db', '--backup', copy)
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('already exists') })
  expect(readFileSync(copy).equals(before)).toBe(true)
  const nowhere = await cli('db', '--backup', join(copy, 'none', 'x'))
  expect(nowhere.code).toBe(2)
  expect(readdirSync(dirname(paths.root)).filter((name) => name.includes('.part'))).toEqual([])
  // It is a database to go on with.
  await cli('stop')
  for (const end of ['', '-wal', '-shm']) rmSync(paths.database + end, { force: true })
  writeFileSync(paths.database, before, { mode: 0o600 })
  expect((await cli('ls', '--all', '--json')).stdout).toContain('"completed"')
})

test('db --shell opens it with sqlite3, which writes nothing', async () => {
  const { cli, paths } = scene()
  await cli('exec', '--', 'echo', 'hello')
  const shell = (sql: string, env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [BIN, 'db', '--shell'], {
      env: cleanEnvironment(paths.root, env),
      input: sql,
      encoding: 'utf8',
    })
  expect(shell('SELECT text FROM task_text;')).toMatchObject({ status: 0, stdout: 'hello\n\n' })
  expect(shell('DELETE FROM tasks;').stderr).toContain('readonly')
  const without = shell('SELECT 1;', { PATH: '/none' })
  expect(without.stderr).toMatch(/^spoold: The program sqlite3 cannot be started \(ENOENT\): install it/)
})
