import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { waitFor } from '../helpers/wait-for.js'
import { EVERYTHING, openScene, shellAgent } from './scene.js'

const spools = (directory: string) =>
  existsSync(join(directory, 'spool')) ? readdirSync(join(directory, 'spool')) : []

describe('the way of a task', () => {
  it('runs its message through its agent and keeps all output', async () => {
    const scene = openScene()
    const task = await scene.start('grüße, 世界')
    const ended = await scene.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'completed', endReason: 'exit', exitCode: 0 })
    const { chunks, result } = await scene.progress(task.id)
    expect(chunks.map(({ index, kind, content, isFinal }) => [index, kind, content, isFinal])).toEqual([
      [0, 'notice', 'Processing your request...\n', false],
      [1, 'text', 'grüße, 世界', false],
      [2, 'notice', '', true],
    ])
    expect(result).toBe('grüße, 世界')
    await waitFor('an empty spool directory', () => spools(scene.directory).length === 0)
    expect(scene.errors).toEqual([])
  })

  it('passes the message on as data, never as shell text', async () => {
    const scene = openScene()
    const message = `"; touch ${scene.directory}/owned; $(touch ${scene.directory}/owned) \`id\` -n '`
    const task = await scene.start(message)
    await scene.untilEnd(task.id)
    expect(await scene.text(task.id)).toBe(message)
    expect(existsSync(join(scene.directory, 'owned'))).toBe(false)
  })

  it('shows streaming after the first output, and the exit code and stderr of a failure', async () => {
    const agents = { fails: shellAgent('echo out; echo "no such model" >&2; read line < "$1"; exit 3') }
    const scene = openScene({ agents })
    const gate = join(scene.directory, 'gate')
    execFileSync('mkfifo', [gate])
    const task = await scene.start(gate, 'fails')
    await scene.untilText(task.id, 'out')
    expect((await scene.progress(task.id)).task.status).toBe('streaming')
    writeFileSync(gate, 'go\n')
    const ended = await scene.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'exit', exitCode: 3 })
    const { chunks } = await scene.progress(task.id)
    expect(chunks.find((chunk) => chunk.kind === 'stderr')?.content).toBe('no such model\n')
    expect(chunks.at(-1)).toMatchObject({ kind: 'error', isFinal: true })
    expect(chunks.at(-1)?.content).toMatch(/^\nError: .*3/s)
  })

  it('promise 7: does not end when a client disconnects', async () => {
    const agents = { waits: shellAgent('while [ ! -e "$1" ]; do sleep 0.1; done; echo done') }
    const scene = openScene({ agents })
    const gate = join(scene.directory, 'gate')
    const task = await scene.start(gate, 'waits')
    await waitFor('the start', async () => (await scene.progress(task.id)).chunks.length === 1)
    const client = new AbortController()
    const poll = scene.service.status(task.id, { ...EVERYTHING, from: 1, waitMs: 50_000 }, client.signal)
    client.abort()
    expect((await poll).chunks).toEqual([])
    writeFileSync(gate, '')
    expect(await scene.untilEnd(task.id)).toMatchObject({ status: 'completed' })
  })

  it('ends as agent_missing if the program is not installed', async () => {
    const agents = { ghost: { ...shellAgent(''), argv: ['spoold-no-such-program'] } }
    const scene = openScene({ agents })
    const task = await scene.start('hello', 'ghost')
    const ended = await scene.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'agent_missing' })
    expect(ended.status === 'failed' && ended.error).toContain('spoold-no-such-program')
  })

  it('waits for earlier tasks of its session', async () => {
    const agents = { log: shellAgent('echo "begin $1" >> log; sleep 0.1; echo "end $1" >> log; cat log') }
    const scene = openScene({ agents })
    const first = await scene.start('a', 'log', { workingDirectory: scene.directory })
    const more = { sessionId: first.sessionId, agent: undefined }
    await scene.start('b', 'log', more)
    const last = await scene.start('c', 'log', more)
    await scene.untilEnd(last.id)
    expect(await scene.text(last.id)).toBe('begin a\nend a\nbegin b\nend b\nbegin c\nend c\n')
  })

  it('waits for the concurrency limits of the machine and of its agent', async () => {
    const agents = { one: shellAgent('sleep 30', { concurrency: 1 }), any: shellAgent('sleep 30') }
    const scene = openScene({ agents, over: { concurrency: 3 } })
    for (const agent of ['one', 'one', 'any', 'any', 'any']) await scene.start('x', agent)
    const running = async () =>
      (await scene.service.list({ includeDone: false, limit: 10 })).tasks
        .filter((task) => task.status !== 'pending')
        .map((task) => task.agent)
        .sort()
    await waitFor('three to run', async () => (await running()).length === 3)
    expect(await running()).toEqual(['any', 'any', 'one'])
  })

  it('promise 10: is not created beyond max_tasks, and nothing changes', async () => {
    const scene = openScene({ agents: { slow: shellAgent('sleep 30') }, over: { maxTasks: 2 } })
    await scene.start('a', 'slow')
    await scene.start('b', 'slow')
    await expect(scene.start('c', 'slow')).rejects.toThrow('Maximum concurrent tasks (2) reached')
    expect((await scene.service.list({ includeDone: true, limit: 10 })).tasks).toHaveLength(2)
  })
})
