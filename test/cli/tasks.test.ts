import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { connect } from '../../src/client/connect.js'
import type { TaskResult } from '../../src/mcp/results/task.js'
import { startDaemonProcess, stopDaemonAfterwards } from '../helpers/daemon-process.js'
import { BIN, cleanEnvironment, jsonLines, runCli, startCli } from '../helpers/run-cli.js'
import { tempDirectory, tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

/** A state directory with a daemon of this test. */
async function withDaemon(env: Record<string, string> = {}) {
  const stateDirectory = tempState()
  const daemon = await startDaemonProcess({ stateDirectory, env })
  stopDaemonAfterwards(stateDirectory)
  const cli = (...args: string[]) => runCli(args, { stateDirectory, env })
  const list = async (...args: string[]) => jsonLines<TaskResult>((await cli('ls', '--json', ...args)).stdout)
  return { stateDirectory, daemon, cli, list }
}

describe('exec', () => {
  test('returns the output by stream, and the exit code', async () => {
    const { cli } = await withDaemon()
    const { code, stdout, stderr } = await cli(
      'exec',
      '--',
      'sh',
      '-c',
      'printf "Grüße 🧵"; echo oops >&2; exit 7',
    )
    expect(stdout).toBe('Grüße 🧵')
    expect(stderr).toMatch(/Processing your request[\s\S]*oops\n[\s\S]*Error: .*\n$/)
    expect(code).toBe(7)
    expect((await cli('exec', '--', 'true')).code).toBe(0)
  })

  test('starts the daemon if none is running, and --detach prints only the id', async () => {
    const stateDirectory = tempState()
    stopDaemonAfterwards(stateDirectory)
    const { code, stdout } = await runCli(['exec', '--detach', '--', 'echo', 'hi'], { stateDirectory })
    expect(stdout).toMatch(/^task-[0-9a-z]+\n$/)
    expect(code).toBe(0)
    const tail = await runCli(['tail', stdout.trim(), '--no-spawn'], { stateDirectory })
    expect(tail).toMatchObject({ code: 0, stdout: 'hi\n' })
  })

  test('runs in the directory of --cwd, and refuses one that is missing (exit code 2)', async () => {
    const { cli } = await withDaemon()
    const directory = tempDirectory()
    expect((await cli('exec', '--cwd', directory, '--', 'pwd')).stdout).toBe(`${directory}\n`)
    const rejected = await cli('exec', '--cwd', join(directory, 'none'), '--', 'pwd')
    expect(rejected.stderr).toContain(join(directory, 'none'))
    expect(rejected.code).toBe(2)
    const named = await cli('run', '--agent', '-x', 'hello')
    expect(named.stderr).toMatch(/^spoold: --agent must be .*; `spoold agents` lists the agents/)
    expect(named.code).toBe(2)
  })

  test('promise 7: Ctrl-C detaches with 130 and prints how to continue, and the task continues', async () => {
    const { stateDirectory, list, cli } = await withDaemon()
    const gate = join(tempDirectory(), 'gate')
    const script = `echo one; while [ ! -e ${gate} ]; do sleep 0.1; done; echo two`
    const follower = startCli(['exec', '--', 'sh', '-c', script], { stateDirectory })
    await waitFor('the first line', () => follower.stdout() === 'one\n')
    follower.child.kill('SIGINT')
    const { code, stderr } = await follower.result
    expect(code).toBe(130)
    const [, id, from] = /spoold tail (task-\w+) --from (\d+)/.exec(stderr) ?? []
    expect((await list()).map((task) => task.task_id)).toEqual([id])

    const back = startCli(['tail', String(id), '--from', String(from)], { stateDirectory })
    writeFileSync(gate, '')
    expect(await back.result).toMatchObject({ code: 0, stdout: 'two\n' })
    expect((await cli('tail', String(id))).stdout).toBe('one\ntwo\n')
  })
})

test('a removed current directory is reported in one sentence', async () => {
  const { stateDirectory } = await withDaemon()
  const gone = tempDirectory('gone')
  for (const words of [['run', 'hi'], ['exec', '--', 'true'], ['help']]) {
    const script = `mkdir -p ${gone}/x && cd ${gone}/x && rmdir ${gone}/x && exec "$0" "$@"`
    const argv = [process.execPath, BIN, ...words]
    const { status, stderr } = spawnSync('/bin/sh', ['-c', script, ...argv], {
      encoding: 'utf8',
      env: cleanEnvironment(stateDirectory),
    })
    expect(stderr, words[0]).not.toMatch(/\n +at /)
    expect(status, words[0]).toBe(words[0] === 'help' ? 0 : 2)
  }
})

describe('run', () => {
  test('hands the message to the default agent of the config', async () => {
    const stateDirectory = tempState()
    const config = join(tempDirectory(), 'config.json')
    const echo = { kind: 'command', argv: ['printf', '%s', 'You said {message}'] }
    writeFileSync(config, JSON.stringify({ defaultAgent: 'echo', agents: { echo } }))
    await startDaemonProcess({ stateDirectory, args: ['--config', config] })
    expect(await runCli(['run', '$(id)', '; ls'], { stateDirectory })).toMatchObject({
      code: 0,
      stdout: 'You said $(id) ; ls',
    })
    const unknown = await runCli(['run', '--agent', 'nobody', 'hello'], { stateDirectory })
    expect(unknown.stderr).toMatch(/^spoold: .*"?nobody"?.*echo/)
    expect(unknown.code).toBe(2)
  })

  test('without kiro-cli: agent_missing, with how to install it, exit code 1', async () => {
    const { cli } = await withDaemon({ PATH: '/usr/bin:/bin' })
    const { code, stderr } = await cli('run', 'hello')
    expect(stderr).toMatch(/kiro-cli is not on PATH; install/)
    expect(stderr).toMatch(/^spoold: .*spoold explain agent_missing \(agent_missing\)$/m)
    expect(code).toBe(1)
  })
})

describe('tasks by the beginning of their id', () => {
  test('an unknown one: exit code 2 and one sentence', async () => {
    const { cli } = await withDaemon()
    for (const args of [['show'], ['tail'], ['cancel'], ['pin'], ['unpin']]) {
      const { code, stderr } = await cli(...args, 'task-nothing')
      expect(stderr).toMatch(/^spoold: .*task-nothing/)
      expect(stderr.trim().split('\n')).toHaveLength(1)
      expect(code).toBe(2)
    }
  })

  test('a unique prefix is enough; an ambiguous one is rejected', async () => {
    const { cli, list } = await withDaemon()
    const first = (await cli('exec', '-d', '--', 'echo', 'first')).stdout.trim()
    const second = (await cli('exec', '-d', '--', 'echo', 'second')).stdout.trim()
    await waitFor('both to end', async () => (await list()).length === 0)
    let length = 'task-'.length
    while (first[length] === second[length]) length += 1
    expect((await cli('tail', first.slice(0, length + 1))).stdout).toBe('first\n')
    const several = await cli('show', first.slice(0, length))
    expect(several).toMatchObject({ code: 2, stderr: expect.stringContaining('several') })
  })
})

describe('listings', () => {
  test('ls shows active tasks, --all and --status the others too', async () => {
    const { cli, list } = await withDaemon()
    await cli('exec', '--', 'echo', 'done')
    await cli('exec', '--', 'false')
    const sleeper = (await cli('exec', '-d', '--', 'sleep', '100')).stdout.trim()
    expect((await list()).map((task) => task.task_id)).toEqual([sleeper])
    expect((await list('--all')).map((task) => task.message)).toEqual(['sleep 100', 'false', 'echo done'])
    expect((await list('--status', 'failed')).map((task) => task.message)).toEqual(['false'])
    const { stdout } = await cli('ls', '-a')
    expect(stdout).toMatch(/^ID +STATUS +AGENT/)
    expect(stdout).toMatch(/failed: exit 1/)
    expect(stdout).not.toMatch(/ $/m)
  })

  test('ls reads page after page', async () => {
    const { stateDirectory, cli, list } = await withDaemon({
      SPOOLD_MAX_TASKS: '200',
      SPOOLD_CONCURRENCY: '1',
    })
    const sleeper = (await cli('exec', '-d', '--', 'sleep', '100')).stdout.trim()
    const { client } = await connect({ stateDirectory, as: 'operator' })
    await Promise.all(Array.from({ length: 119 }, () => client.exec({ argv: ['true'] })))
    const ids = (await list()).map((task) => task.task_id)
    expect(new Set(ids).size).toBe(120)
    expect(ids).toContain(sleeper)
  })

  test('show prints everything, with the start of the text, without control sequences', async () => {
    const { cli } = await withDaemon()
    const id = (await cli('exec', '-d', '--', 'printf', '\u001b[31mred\u001b[0m')).stdout.trim()
    await cli('tail', id)
    const { stdout } = await cli('show', id)
    expect(stdout).toMatch(new RegExp(`^task +${id}\\nstatus +completed\\n`))
    expect(stdout).toMatch(/\noutput +3 chunks, /)
    expect(stdout).toMatch(/\nred\n$/)
    expect(stdout).not.toContain('\u001b')
    const json = JSON.parse((await cli('show', id, '--json')).stdout)
    expect(json).toMatchObject({ task_id: id, status: 'completed', exit_code: 0, text: 'red' })
  })
})

test('cancel ends tasks and reports those that had already ended', async () => {
  const { cli } = await withDaemon()
  const sleeper = (await cli('exec', '-d', '--', 'sleep', '100')).stdout.trim()
  expect(await cli('cancel', sleeper)).toMatchObject({ code: 0, stdout: `${sleeper} cancelled\n` })
  expect((await cli('cancel', sleeper)).stdout).toBe(`${sleeper} had already ended: cancelled\n`)
  const { code } = await cli('tail', sleeper)
  expect(code).not.toBe(0)
})

test('purge removes ended tasks but not pinned ones, and a dry run removes nothing', async () => {
  const { cli, list } = await withDaemon()
  for (const word of ['one', 'two']) await cli('exec', '--', 'echo', word)
  const [two, one] = await list('--all')
  expect((await cli('pin', String(one?.task_id))).stdout).toBe(`${one?.task_id} pinned\n`)
  expect((await cli('purge', '--older-than', '7d')).stdout).toMatch(/^Removed 0 tasks/)
  expect((await cli('purge', '--older-than', '0s', '--dry-run')).stdout).toMatch(/^Would remove 1 task/)
  expect(await list('--all')).toHaveLength(2)
  const { stdout } = await cli('purge', '--older-than', '0s', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ tasks: 1 })
  expect((await list('--all')).map((task) => task.task_id)).toEqual([one?.task_id])
  expect((await cli('show', String(two?.task_id))).code).toBe(2)
  expect((await cli('unpin', String(one?.task_id))).stdout).toBe(`${one?.task_id} unpinned\n`)
})

test('agents shows which are usable', async () => {
  const { cli } = await withDaemon({ PATH: '/usr/bin:/bin' })
  const { stdout } = await cli('agents', '--json')
  expect(jsonLines(stdout)[0]).toMatchObject({
    name: 'kiro',
    is_default: true,
    configured: true,
    available: false,
  })
  expect((await cli('agents')).stdout).toMatch(/^AGENT +KIND +USABLE/)
})

describe('tasks that are called by their place', () => {
  test('@last is the one that was created last, @-2 the one before', async () => {
    const { cli } = await withDaemon()
    const none = await cli('show', '@last')
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('@last does not exist: there are no tasks'),
    })
    for (const word of ['one', 'two', 'three']) await cli('exec', '--', 'echo', word)
    expect(await cli('tail', '@last')).toMatchObject({ code: 0, stdout: 'three\n' })
    expect((await cli('tail', '@-1')).stdout).toBe('three\n')
    expect((await cli('tail', '@-3')).stdout).toBe('one\n')
    expect((await cli('pin', '@-2')).stdout).toMatch(/^task-\w+ pinned\n$/)
    expect(JSON.parse((await cli('show', '@-2', '--json')).stdout)).toMatchObject({ pinned: true })
    expect((await cli('cancel', '@last')).stdout).toMatch(/^task-\w+ had already ended: completed\n$/)
  })

  test('a position without a task and an invalid position are rejected', async () => {
    const { cli } = await withDaemon()
    await cli('exec', '--', 'true')
    const beyond = await cli('cancel', '@-2')
    expect(beyond.stderr).toMatch(/^spoold: @-2 does not exist: there is only one task/)
    for (const word of ['@', '@0', '@-0', '@-101', '@first', '@last1']) {
      const rejected = await cli('show', word)
      expect(rejected.stderr, word).toContain('use @last, or @-2')
      expect(rejected.code, word).toBe(2)
    }
  })
})

describe('export', () => {
  const script =
    "printf '# Grüße\\nein `Satz`\\n'; printf 'not\\nwell\\n' >&2; sleep 0.2; printf Ende; exit 3"

  test('md has the message, the output in order, and the end', async () => {
    const { cli } = await withDaemon()
    await cli('exec', '--', 'sh', '-c', script)
    const { stdout, code } = await cli('export', '@last')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^# sh -c printf[^\n]*\n\n- Task: `task-\w+`\n- Status: failed: exit 3\n/)
    expect(stdout).toContain('\n- Exit code: 3\n')
    expect(stdout).toMatch(/\n## Message\n\n```\n"sh" "-c" [^\n]*\n```\n\n## Output\n\n/)
    const output = stdout.slice(stdout.indexOf('## Output'))
    expect(output).toContain('# Grüße\nein `Satz`\n')
    expect(output).toContain('> **stderr**\n>\n> not\n> well\n')
    expect(output).toMatch(/\n\nEnde\n\n> \*\*error\*\*\n>\n> [^\n]+\n$/)
  })

  test('json has the task and its chunks, txt only the answer', async () => {
    const { cli, list } = await withDaemon()
    await cli('exec', '--', 'sh', '-c', script)
    const [task] = await list('--all')
    const document = JSON.parse((await cli('export', '@last', '--format', 'json')).stdout)
    expect(document.task).toMatchObject({ task_id: task?.task_id, exit_code: 3, status: 'failed' })
    expect(document.chunks.map(({ index }: { index: number }) => index)).toEqual(
      document.chunks.map((_: unknown, place: number) => place),
    )
    expect(document.chunks.at(-1)).toMatchObject({ is_final: true })
    const text = await cli('export', '@last', '-f', 'txt')
    expect(text.stdout).toBe('# Grüße\nein `Satz`\nEnde')
    const rejected = await cli('export', '@last', '-f', 'pdf')
    expect(rejected).toMatchObject({ code: 2, stderr: expect.stringContaining('md, json, txt') })
  })

  test('a message with Markdown is unchanged', async () => {
    const { markdownDocument } = await import('../../src/cli/export/markdown.js')
    const { cli } = await withDaemon()
    await cli('exec', '--', 'true')
    const task = JSON.parse((await cli('show', '@last', '--json')).stdout)
    const message = 'Explain:\n```js\n1\n```\n````'
    const begin = markdownDocument().begin({ ...task, argv: null, message })
    expect(begin).toContain(`\n## Message\n\n\`\`\`\`\`\n${message}\n\`\`\`\`\`\n`)
  })
})
