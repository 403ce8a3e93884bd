import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { CliResult } from '../helpers/run-cli.js'
import { runCli } from '../helpers/run-cli.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { inForm } from './form.js'
import { runInProcess } from './hostile/command.js'
import { almostSettings, anyCommandLine, anyEnvironment } from './hostile/command-lines.js'
import { holds, inTime, SEED } from './hostile/holds.js'
import { anyJson } from './hostile/raw-json.js'
import { openScene } from './hostile/scene.js'
import { report } from './report.js'

const LINES = inForm({ short: 600, long: 9_000 })
const SETTINGS = inForm({ short: 300, long: 4_000 })
const PROCESSES = inForm({ short: 12, long: 250 })

/** Checks that a command exited with a documented code and printed clean text with a message, never a stack trace. */
function expectProperExit({ code, stdout, stderr }: CliResult): void {
  const all = stdout + stderr
  if (code === null || ![0, 1, 2, 3].includes(code)) throw new Error(`exit code ${code}: ${all}`)
  if (/[^\P{Cc}\n\t]|\p{Bidi_Control}/u.test(all))
    throw new Error(`control characters: ${JSON.stringify(all)}`)
  if (/unexpected error|\n +at .*:\d+:\d+/.test(all)) throw new Error(`unexpected error: ${all}`)
  // A call without a command prints the help instead of a message.
  const hasMessage = /^(spoold: |Usage: spoold ).+\n/m.test(stderr)
  if (code !== 0 && stdout === '' && !hasMessage) throw new Error(`no message: ${all}`)
}

test(`any command line ends with a message, and a failed command changes nothing (seed ${SEED})`, async () => {
  const scene = await openScene()
  // Relative paths resolve to this directory.
  const before = process.cwd()
  process.chdir(tempDirectory('cwd'))
  onTestFinished(() => process.chdir(before))
  const env = { ...scene.env, SPOOLD_NO_SPAWN: '1' }
  const codes = new Map<number | null, number>()
  await holds(LINES, anyCommandLine(scene.known.task_id), async (argv) => {
    const result = await inTime('the end of the command', runInProcess(argv, env))
    expectProperExit(result)
    if (result.code === 0) scene.rows.accept()
    else scene.rows.expectUnchanged()
    codes.set(result.code, (codes.get(result.code) ?? 0) + 1)
  })
  await scene.expectHealthy()
  expect([...codes.keys()].sort()).toEqual(expect.arrayContaining([0, 1, 2]))
  const counts = [...codes].map(([code, count]) => `${code}: ${count}`).join(', ')
  report({
    table: 'hostile input',
    scenario: 'random command lines against a daemon',
    amount: `${LINES.toLocaleString('en')} command lines`,
    result: `each exited with a documented code (${counts}), failed commands changed no row; seed ${SEED}`,
  })
})

test(`any config file and environment gives settings or an error message (seed ${SEED})`, async () => {
  const directory = tempDirectory('config')
  const file = join(directory, 'config.json')
  const contents = fc.oneof(
    { weight: 2, arbitrary: anyJson.map(({ text }) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 4, arbitrary: almostSettings.map((text) => Buffer.from(text)) },
  )
  let accepted = 0
  await holds(SETTINGS, fc.tuple(contents, anyEnvironment), async ([content, variables]) => {
    writeFileSync(file, content)
    const env = { HOME: directory, ...variables }
    const result = await inTime(
      'the end of the command',
      runInProcess(['config', '--json', '--config', file], env),
    )
    expectProperExit(result)
    if (result.code === 0) {
      accepted += 1
      JSON.parse(result.stdout)
    }
  })
  expect(accepted).toBeGreaterThan(0)
  report({
    table: 'hostile input',
    scenario: 'random config files (bytes and JSON) and environments',
    amount: `${SETTINGS.toLocaleString('en')} loads`,
    result: `${accepted} accepted, the others refused with one sentence; seed ${SEED}`,
  })
})

test(`any command line and environment of the built command, as a process (seed ${SEED})`, async () => {
  const scene = await openScene()
  const cwd = tempDirectory('cwd')
  // The arguments of a process cannot contain NUL or lone surrogates.
  const lines = anyCommandLine(scene.known.task_id).map((argv) =>
    argv.map((word) => word.toWellFormed().replaceAll('\0', '').slice(0, 100_000)),
  )
  await holds(PROCESSES, fc.tuple(lines, anyEnvironment), async ([argv, variables]) => {
    const env = { ...variables, SPOOLD_NO_SPAWN: '1' }
    const { stateDirectory } = scene
    expectProperExit(await inTime('the end of the process', runCli(argv, { stateDirectory, env, cwd })))
  })
  await scene.expectHealthy()
  report({
    table: 'hostile input',
    scenario: 'random command lines and environments, each in a process',
    amount: `${PROCESSES.toLocaleString('en')} processes`,
    result: `each exited with a documented code; seed ${SEED}`,
  })
})
