import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { PROJECT } from '../helpers/build.js'
import { startDaemonProcess, stopDaemonAfterwards } from '../helpers/daemon-process.js'
import { fakePrograms } from '../helpers/fake-programs.js'
import { GATED_AGENT, writeConfigBeside } from '../helpers/gate.js'
import { BIN, cleanEnvironment, runCli } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

const run = promisify(execFile)
const page = readFileSync(join(PROJECT, 'docs', 'history.md'), 'utf8')
const recipes = [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) =>
  block.trimEnd().split('\n'),
)
const hasSqlite3 = spawnSync('sqlite3', ['--version']).status === 0

/** A daemon with a purged, a completed, a failed and a running task; the last three have an agent each. */
async function liveHistory() {
  const stateDirectory = tempState()
  const agents = {
    echo: { kind: 'command', argv: ['printf', 'You said {message}'] },
    broken: { kind: 'command', argv: ['sh', '-c', 'echo the disk is gone; exit 3'] },
    gated: GATED_AGENT,
  }
  const env = { SPOOLD_CONFIG: writeConfigBeside(stateDirectory, { agents, defaultAgent: 'echo' }) }
  await startDaemonProcess({ stateDirectory, env })
  stopDaemonAfterwards(stateDirectory)
  const cli = (...args: string[]) => runCli(args, { stateDirectory, env, cwd: '/' })
  await cli('run', 'to be purged')
  expect((await cli('purge', '--older-than', '0s')).stdout).toContain('1 task')
  const start = async (...args: string[]) => (await cli('run', '--detach', ...args)).stdout.trim()
  const completed = await start('why this deadlock')
  await cli('tail', completed)
  const failed = await start('--agent', 'broken', 'break it')
  await cli('tail', failed)
  const running = await start('--agent', 'gated', join(dirname(stateDirectory), 'never'))
  await waitFor('output', async () => (await cli('tail', running, '--no-follow')).stdout.includes('before'))
  await waitFor('the index', async () => (await cli('search', 'said')).code === 0)
  const task = JSON.parse((await cli('show', completed, '--json')).stdout) as { session_id: string }

  const programs = fakePrograms({ spoold: `exec '${process.execPath}' '${BIN}' "$@"` })
  const environment = { ...cleanEnvironment(stateDirectory, env), PATH: `${programs}:${process.env.PATH}` }
  const answer = async (recipe: string) => {
    const command = recipe.replaceAll('task-…', completed).replaceAll('session-…', task.session_id)
    const { stdout, stderr } = await run('sh', ['-c', command], { env: environment })
    expect(stderr, recipe).toBe('')
    return stdout
  }
  return { completed, failed, running, answer, cli }
}

describe.skipIf(!hasSqlite3)('promise 12: the recipes of docs/history.md on a live database', () => {
  it('work with the stock sqlite3 command and return the right rows', async () => {
    const { completed, failed, running, answer } = await liveHistory()
    const answers: string[] = []
    for (const recipe of recipes) {
      expect(recipe).toMatch(/^sqlite3 (-\w+ )*"\$\(spoold db\)" ".*"$/)
      answers.push(await answer(recipe))
    }
    const today = new Date()
    const day = `${today.getFullYear()}-${String(today.getMonth() + 1).padStart(2, '0')}-${String(today.getDate()).padStart(2, '0')}`
    const expected = [
      // The newest first.
      new RegExp(`${running}[\\s\\S]*${failed}[\\s\\S]*${completed}`),
      /^You said why this deadlock\n$/,
      /│ 0 +│ .*notice +│ Processing[\s\S]*│ 1 +│ .*text +│ You said why/,
      /│ broken │ exit +│ 3 +│ .*exit code 3/,
      /seconds[\s\S]*│ echo +│ completed │ why this deadlock/,
      /│ gated +│ 1 +│ 0 +│/,
      new RegExp(`│ ${day} │ 3 +│`),
      /^> why this deadlock\nYou said why this deadlock\n$/,
      new RegExp(`│ ${completed} │ completed │ -1 +│ -1 +│`),
      new RegExp(`│ ${failed} │ break it`),
      new RegExp(`│ ${running} │ gated │ streaming │ \\d{4}-.*Z │`),
      /│ person +│ 1 +│ 3 +│ \d+ +│/,
      new RegExp(
        `^task_id,agent,status,created,duration_seconds,bytes,message\r?\n${completed},echo,completed,`,
      ),
      /"content":"You said why this deadlock"/,
      /^\[\{"chunk_index":1,"content":"You said why this deadlock"\}/,
    ]
    expect(recipes).toHaveLength(expected.length)
    expected.forEach((pattern, place) => {
      expect(answers[place], recipes[place]).toMatch(pattern)
    })
    expect(answers[10]).not.toContain(completed)
    for (const json of answers.slice(13)) JSON.parse(json)
  })

  it('agree with spoold search and spoold stats', async () => {
    const { completed, failed, running, cli } = await liveHistory()
    const found = await cli('search', 'DEADLOCK', 'said')
    expect(found).toMatchObject({ code: 0, stderr: '' })
    expect(found.stdout).toMatch(
      new RegExp(
        `^${completed}  .*  echo  completed\n  > why this deadlock\n    You «said» why this «deadlock»\n  spoold tail ${completed} --from 1\n$`,
      ),
    )
    const lines = (await cli('search', 'deadlock', '--json')).stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).task_id)).toEqual([completed])
    expect(
      JSON.parse((await cli('search', '--agent', 'broken', '"disk is"', '--since', '1h', '--json')).stdout),
    ).toMatchObject({
      task_id: failed,
      snippet: expect.stringContaining('the «disk is» gone'),
    })
    expect(await cli('search', 'purged')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'spoold: nothing found\n',
    })
    expect(await cli('search', '***')).toMatchObject({
      code: 2,
      stderr: 'spoold: the query must contain a word to search for: letters or digits (invalid_input)\n',
    })
    expect((await cli('search', 'x', '--limit', '0')).stderr).toMatch(
      /^spoold: --limit must be a whole number from 1/,
    )

    const stats = await cli('stats')
    expect(stats.stdout).toMatch(/^3 tasks, 50 % of the ended tasks completed; median duration /)
    expect(stats.stdout).toMatch(/^echo +1 +100 % +0 .*█$/m)
    expect(stats.stdout).toMatch(/^gated +1 +- +0 +- +- /m)
    const rows = (await cli('stats', '--json', '--by', 'agent')).stdout.trimEnd().split('\n')
    expect(rows.map((row) => JSON.parse(row))).toMatchObject([
      { agent: 'broken', tasks: 1, failed: 1, success_share: 0 },
      { agent: 'echo', completed: 1, success_share: 1 },
      { agent: 'gated', active: 1, success_share: null, p50_seconds: null },
    ])
    const days = (await cli('stats', '--json', '--by', 'day', '--since', '1h')).stdout.trimEnd().split('\n')
    expect(days.reduce((sum, row) => sum + JSON.parse(row).tasks, 0)).toBe(3)
    expect(running).toMatch(/^task-/)
  })
})
