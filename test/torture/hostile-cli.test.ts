import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { CliResult } from '../helpers/run-cli.js'
import { runCli } from '../helpers/run-cli.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { inForm } from './form.js'
import { runInProcess } from './hostile/command.js'
import { anyCommandLine, anyEnvironment, nearlySettings } from './hostile/command-lines.js'
import { holds, inTime, SEED } from './hostile/holds.js'
import { anyJson } from './hostile/raw-json.js'
import { openScene } from './hostile/scene.js'
import { report } from './report.js'

const LINES = inForm({ short: 600, long: 9_000 })
const SETTINGS = inForm({ short: 300, long: 4_000 })
const PROCESSES = inForm({ short: 12, long: 250 })

/** Checks how a command ended: with a code of the list, said in clean words, and never with a stack. */
function expectInOrder({ code, stdout, stderr }: CliResult): void {
  const all = stdout + stderr
  if (code === null || ![0, 1, 2, 3].includes(code)) throw new Error(`exit code ${code}: ${all}`)
  if (/[^\P{Cc}\n\t]|\p{Bidi_Control}/u.test(all)) throw new Error(`controls: ${JSON.stringify(all)}`)
  if (/unexpected error|\n +at .*:\d+:\d+/.test(all)) throw new Error(`not foreseen: ${all}`)
  // Without a command there is the help instead of a sentence.
  const isSaid = /^(spoold: |Usage: spoold ).+\n/m.test(stderr)
  if (code !== 0 && stdout === '' && !isSaid) throw new Error(`no sentence: ${all}`)
}

test(`whatever stands on the command line, it ends with one sentence, and a refusal changes nothing (seed ${SEED})`, async () => {
  const scene = await openScene()
  // Paths that are not absolute lead here.
  const before = process.cwd()
  process.chdir(tempDirectory('cwd'))
  onTestFinished(() => process.chdir(before))
  const env = { ...scene.env, SPOOLD_NO_SPAWN: '1' }
  const codes = new Map<number | null, number>()
  await holds(LINES, anyCommandLine(scene.known.task_id), async (argv) => {
    const result = await inTime('an end of the command', runInProcess(argv, env))
    expectInOrder(result)
    if (result.code === 0) scene.rows.accept()
    else scene.rows.expectUnchanged()
    codes.set(result.code, (codes.get(result.code) ?? 0) + 1)
  })
  await scene.expectWell()
  expect([...codes.keys()].sort()).toEqual(expect.arrayContaining([0, 1, 2]))
  const told = [...codes].map(([code, times]) => `${times} with ${code}`).join(', ')
  report({
    table: 'hostile input',
    what: 'command lines of any words, against a daemon',
    amount: `${LINES.toLocaleString('en')} command lines`,
    seen: `each ended in order (${told}), refusals changed no row; seed ${SEED}`,
  })
})

test(`whatever stands in the config file and the environment, it is settings or one sentence (seed ${SEED})`, async () => {
  const directory = tempDirectory('config')
  const file = join(directory, 'config.json')
  const contents = fc.oneof(
    { weight: 2, arbitrary: anyJson.map(({ text }) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 4, arbitrary: nearlySettings.map((text) => Buffer.from(text)) },
  )
  let taken = 0
  await holds(SETTINGS, fc.tuple(contents, anyEnvironment), async ([content, variables]) => {
    writeFileSync(file, content)
    const env = { HOME: directory, ...variables }
    const result = await inTime('an end', runInProcess(['config', '--json', '--config', file], env))
    expectInOrder(result)
    if (result.code === 0) {
      taken += 1
      JSON.parse(result.stdout)
    }
  })
  expect(taken).toBeGreaterThan(0)
  report({
    table: 'hostile input',
    what: 'config files of any bytes and JSON, any environment',
    amount: `${SETTINGS.toLocaleString('en')} loads`,
    seen: `${taken} taken, the others refused in one sentence; seed ${SEED}`,
  })
})

test(`the same of the built command as a process (seed ${SEED})`, async () => {
  const scene = await openScene()
  const cwd = tempDirectory('cwd')
  // What a process can be given: no NUL, no half characters.
  const lines = anyCommandLine(scene.known.task_id).map((argv) =>
    argv.map((word) => word.toWellFormed().replaceAll('\0', '').slice(0, 100_000)),
  )
  await holds(PROCESSES, fc.tuple(lines, anyEnvironment), async ([argv, variables]) => {
    const env = { ...variables, SPOOLD_NO_SPAWN: '1' }
    const { stateDirectory } = scene
    expectInOrder(await inTime('an end of the process', runCli(argv, { stateDirectory, env, cwd })))
  })
  await scene.expectWell()
  report({
    table: 'hostile input',
    what: 'command lines and environments of real processes',
    amount: `${PROCESSES.toLocaleString('en')} processes`,
    seen: `the same; seed ${SEED}`,
  })
})
