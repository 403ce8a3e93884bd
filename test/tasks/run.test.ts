import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { waitFor } from '../helpers/wait-for.js'
import { EVERYTHING, openWorkshop, shellAgent } from './scene.js'

const spools = (directory: string) =>
  existsSync(join(directory, 'spool')) ? readdirSync(join(directory, 'spool')) : []

describe('the way of a task', () => {
  it('runs a message through its agent and keeps all that it says', async () => {
    const workshop = openWorkshop()
    const task = await workshop.start('grüße, 世界')
    const ended = await workshop.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'completed', endReason: 'exit', exitCode: 0 })
    const { chunks, result } = await workshop.progress(task.id)
    expect(chunks.map(({ index, kind, content, isFinal }) => [index, kind, content, isFinal])).toEqual([
      [0, 'notice', 'Processing your request...\n', false],
      [1, 'text', 'grüße, 世界', false],
      [2, 'notice', '', true],
    ])
    expect(result).toBe('grüße, 世界')
    await waitFor('an empty spool directory', () => spools(workshop.directory).length === 0)
    expect(workshop.problems).toEqual([])
  })

  it('hands the message over as data, never as shell text', async () => {
    const workshop = openWorkshop()
    const message = `"; touch ${workshop.directory}/owned; $(touch ${workshop.directory}/owned) \`id\` -n '`
    const task = await workshop.start(message)
    await workshop.untilEnd(task.id)
    expect(await workshop.text(task.id)).toBe(message)
    expect(existsSync(join(workshop.directory, 'owned'))).toBe(false)
  })

  it('tells streaming from running, and the exit code and last words of a failure', async () => {
    const agents = { fails: shellAgent('echo out; echo "no such model" >&2; read line < "$1"; exit 3') }
    const workshop = openWorkshop({ agents })
    const gate = join(workshop.directory, 'gate')
    execFileSync('mkfifo', [gate])
    const task = await workshop.start(gate, 'fails')
    await workshop.untilText(task.id, 'out')
    expect((await workshop.progress(task.id)).task.status).toBe('streaming')
    writeFileSync(gate, 'go\n')
    const ended = await workshop.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'exit', exitCode: 3 })
    const { chunks } = await workshop.progress(task.id)
    expect(chunks.find((chunk) => chunk.kind === 'stderr')?.content).toBe('no such model\n')
    expect(chunks.at(-1)).toMatchObject({ kind: 'error', isFinal: true })
    expect(chunks.at(-1)?.content).toMatch(/^\nError: .*3/s)
  })

  it('promise 7: a client that goes away ends nothing', async () => {
    const agents = { waits: shellAgent('while [ ! -e "$1" ]; do sleep 0.05; done; echo done') }
    const workshop = openWorkshop({ agents })
    const gate = join(workshop.directory, 'gate')
    const task = await workshop.start(gate, 'waits')
    await waitFor('the start', async () => (await workshop.progress(task.id)).chunks.length === 1)
    const client = new AbortController()
    const poll = workshop.service.status(task.id, { ...EVERYTHING, from: 1, waitMs: 50_000 }, client.signal)
    client.abort()
    expect((await poll).chunks).toEqual([])
    writeFileSync(gate, '')
    expect(await workshop.untilEnd(task.id)).toMatchObject({ status: 'completed' })
  })

  it('says agent_missing where the program is not there, and runs nothing instead', async () => {
    const agents = { ghost: { ...shellAgent(''), argv: ['spoold-no-such-program'] } }
    const workshop = openWorkshop({ agents })
    const task = await workshop.start('hello', 'ghost')
    const ended = await workshop.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'agent_missing' })
    expect(ended.status === 'failed' && ended.error).toContain('spoold-no-such-program')
  })

  it('runs the tasks of a session one after another, in order', async () => {
    const agents = { log: shellAgent('echo "begin $1" >> log; sleep 0.1; echo "end $1" >> log; cat log') }
    const workshop = openWorkshop({ agents })
    const first = await workshop.start('a', 'log', { workingDirectory: workshop.directory })
    const more = { sessionId: first.sessionId, agent: undefined }
    await workshop.start('b', 'log', more)
    const last = await workshop.start('c', 'log', more)
    await workshop.untilEnd(last.id)
    expect(await workshop.text(last.id)).toBe('begin a\nend a\nbegin b\nend b\nbegin c\nend c\n')
  })

  it('keeps to the number that may run at once, and to that of an agent', async () => {
    const agents = { one: shellAgent('sleep 30', { concurrency: 1 }), any: shellAgent('sleep 30') }
    const workshop = openWorkshop({ agents, over: { concurrency: 3 } })
    for (const agent of ['one', 'one', 'any', 'any', 'any']) await workshop.start('x', agent)
    const running = async () =>
      (await workshop.service.list({ includeDone: false, limit: 10 })).tasks
        .filter((task) => task.status !== 'pending')
        .map((task) => task.agent)
        .sort()
    await waitFor('three to run', async () => (await running()).length === 3)
    expect(await running()).toEqual(['any', 'any', 'one'])
  })

  it('promise 10: refuses more than max_tasks and changes nothing', async () => {
    const workshop = openWorkshop({ agents: { slow: shellAgent('sleep 30') }, over: { maxTasks: 2 } })
    await workshop.start('a', 'slow')
    await workshop.start('b', 'slow')
    await expect(workshop.start('c', 'slow')).rejects.toThrow('Maximum concurrent tasks (2) reached')
    expect((await workshop.service.list({ includeDone: true, limit: 10 })).tasks).toHaveLength(2)
  })
})
