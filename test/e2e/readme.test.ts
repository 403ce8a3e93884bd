import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ENVIRONMENT } from '../../src/config/environment.js'
import { SETTING_NAMES } from '../../src/config/settings.js'
import { PROJECT } from '../helpers/build.js'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { GATED_AGENT, writeConfigBeside } from '../helpers/gate.js'
import { BIN, cleanEnvironment, runCli } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

const run = promisify(execFile)
const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8')
const recipes = readme.split('\n').filter((line) => line.startsWith('sqlite3 '))
const hasSqlite3 = spawnSync('sqlite3', ['--version']).status === 0

describe.skipIf(!hasSqlite3)("promise 12: the README's recipes on a live database", () => {
  it('work with the stock sqlite3 command while a task runs', async () => {
    expect(recipes.length).toBeGreaterThanOrEqual(3)
    const stateDirectory = tempState()
    const config = { agents: { gated: GATED_AGENT }, defaultAgent: 'gated' }
    const env = { SPOOLD_CONFIG: writeConfigBeside(stateDirectory, config) }
    await startDaemonProcess({ stateDirectory, env })
    const started = await runCli(['run', '--detach', '--cwd', '/', '/never'], { stateDirectory, env })
    const taskId = started.stdout.trim()

    const programs = join(dirname(stateDirectory), 'bin')
    mkdirSync(programs)
    const command = `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`
    writeFileSync(join(programs, 'spoold'), command, { mode: 0o755 })
    const environment = { ...cleanEnvironment(stateDirectory, env), PATH: `${programs}:${process.env.PATH}` }
    const answer = async (recipe: string) =>
      (await run('sh', ['-c', recipe.replaceAll('task-…', taskId)], { env: environment })).stdout

    const answers = await waitFor('the output', async () => {
      const all = await Promise.all(recipes.map(answer))
      return all[1]?.includes('before') && all
    })
    expect(answers[0]).toContain(`${taskId}|streaming|`)
    expect(answers[1]).toBe('before 日本 \n')
    expect(answers[2]).toMatch(/^0\|.*\|notice\|Processing/)
    await runCli(['cancel', taskId], { stateDirectory, env })
  })
})

describe('docs/settings.md', () => {
  it('names every setting with its variable', () => {
    const page = readFileSync(join(PROJECT, 'docs', 'settings.md'), 'utf8')
    for (const name of SETTING_NAMES) expect(page).toContain(`| \`${name}\` |`)
    for (const { variable } of Object.values(ENVIRONMENT)) expect(page).toContain(`\`${variable}\``)
  })
})
