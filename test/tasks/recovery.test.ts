import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { killProcessesWith, processesWith } from '../helpers/processes.js'
import { waitFor } from '../helpers/wait-for.js'
import { openScene, shellAgent } from './scene.js'

const gated = shellAgent('printf "one é "; while [ ! -e "$1" ]; do sleep 0.1; done; printf "two 日"; exit 5')

describe('the next daemon', () => {
  it('promise 4: adopts a running task, with the rest of its output and its exit code', async () => {
    const scene = openScene({ agents: { gated } })
    const gate = join(scene.directory, 'gate')
    const task = await scene.start(gate, 'gated')
    await scene.untilText(task.id, 'one')
    const before = await scene.progress(task.id)
    await scene.restart()
    writeFileSync(gate, '')
    expect(await scene.untilEnd(task.id)).toMatchObject({ status: 'failed', exitCode: 5, attempt: 1 })
    const after = await scene.progress(task.id)
    expect(await scene.text(task.id)).toBe('one é two 日')
    expect(after.chunks.slice(0, before.chunks.length)).toEqual(before.chunks)
    expect(after.chunks.map((chunk) => chunk.index)).toEqual(after.chunks.map((_, index) => index))
  })

  it('promise 4: reads the output and the exit code of a task that ended while no daemon ran', async () => {
    const scene = openScene({ agents: { gated } })
    const gate = join(scene.directory, 'gate')
    const task = await scene.start(gate, 'gated')
    await scene.untilText(task.id, 'one')
    await scene.stopDaemon()
    writeFileSync(gate, '')
    await waitFor('the end of the process', () => processesWith(`SPOOLD_TASK_ID=${task.id}`).length === 0)
    await scene.startDaemon()
    expect(await scene.untilEnd(task.id)).toMatchObject({
      status: 'failed',
      endReason: 'exit',
      exitCode: 5,
    })
    expect(await scene.text(task.id)).toBe('one é two 日')
  })

  it('promise 6: ends a task as lost if its process was killed from outside, never as a success', async () => {
    const scene = openScene({ agents: { gated } })
    const task = await scene.start(join(scene.directory, 'gate'), 'gated')
    await scene.untilText(task.id, 'one')
    await scene.stopDaemon()
    killProcessesWith(`SPOOLD_TASK_ID=${task.id}`)
    await scene.startDaemon()
    const ended = await scene.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'lost', exitCode: null })
    expect(await scene.text(task.id)).toBe('one é ')
  })

  it('promise 6: ends a task as lost while the daemon runs', async () => {
    const scene = openScene({ agents: { gated } })
    const task = await scene.start(join(scene.directory, 'gate'), 'gated')
    await scene.untilText(task.id, 'one')
    killProcessesWith(`SPOOLD_TASK_ID=${task.id}`)
    expect(await scene.untilEnd(task.id)).toMatchObject({ status: 'failed', endReason: 'lost' })
  })

  it('promise 6: does not mistake another process for one from before a restart of the machine', async () => {
    const scene = openScene({ agents: { gated } })
    const task = await scene.start(join(scene.directory, 'gate'), 'gated')
    await scene.untilText(task.id, 'one')
    const [run] = await scene.store.activeRuns()
    if (!run?.identity) throw new Error('no process')
    await scene.store.recordProcess(run, { ...run.identity, bootId: 'another-boot' }, [], Date.now())
    await scene.stopDaemon()
    // After a restart of the machine no process of the task is left.
    killProcessesWith(`SPOOLD_TASK_ID=${task.id}`)
    await scene.startDaemon()
    const ended = await scene.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'lost' })
    expect(ended.status === 'failed' && ended.error).toContain('The machine was restarted')
  })

  it('waits for the remaining processes of a task whose wrapper was killed', async () => {
    const scene = openScene({ agents: { gated } })
    const gate = join(scene.directory, 'gate')
    const task = await scene.start(gate, 'gated')
    await scene.untilText(task.id, 'one')
    const [run] = await scene.store.activeRuns()
    process.kill(run?.identity?.pid ?? 0, 'SIGKILL')
    await waitFor('the loss to be noticed', () => scene.running.warnings.length > 0)
    writeFileSync(gate, '')
    expect(await scene.untilEnd(task.id)).toMatchObject({ status: 'failed', endReason: 'lost' })
    expect(await scene.text(task.id)).toBe('one é two 日')
  })

  it('promise 7: does not count the time in which no daemon ran as silence', async () => {
    const script = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do echo $i; sleep 0.1; done'
    const scene = openScene({ agents: { printing: shellAgent(script, { stallSeconds: 0.5 }) } })
    const task = await scene.start('x', 'printing')
    await scene.untilText(task.id, '1')
    await scene.stopDaemon()
    const spoolFile = join(scene.directory, 'spool', task.id, 'out')
    await waitFor('a second of output', () => readFileSync(spoolFile, 'utf8').includes('\n12\n'))
    await scene.startDaemon()
    expect(await scene.untilEnd(task.id)).toMatchObject({ status: 'completed' })
  })

  it('starts pending tasks', async () => {
    const scene = openScene({ agents: { gated } })
    const gate = join(scene.directory, 'gate')
    const first = await scene.start(gate, 'gated')
    const second = await scene.start(gate, 'gated', { sessionId: first.sessionId, agent: undefined })
    await scene.restart()
    writeFileSync(gate, '')
    await scene.untilEnd(second.id)
    expect(await scene.text(second.id)).toBe('one é two 日')
  })

  it('never starts a task twice: a launch that was not recorded is found by its claim', async () => {
    const scene = openScene({
      agents: { count: shellAgent('echo run >> count; sleep 0.3; cat count') },
    })
    const { directory, store, processes } = scene
    await scene.running.close()
    const task = { agent: 'count', message: 'x', workingDirectory: directory }
    const { newTask } = await import('../contract/store.js')
    const session = { open: { id: 's', agent: 'count', workingDirectory: directory, at: Date.now() } }
    await store.createTask(newTask({ ...task, id: 'task-announced', session, at: Date.now() }), 10)
    const run = await store.claimNext({ at: Date.now(), token: 'a-token', exceptAgents: [] })
    if (!run) throw new Error('nothing claimed')
    await store.announceLaunch(run, { kind: 'command', state: null })
    await processes.launch({
      ...run,
      argv: ['/bin/sh', '-c', 'echo run >> count; sleep 0.3; cat count'],
      env: { PATH: process.env.PATH ?? '' },
      cwd: directory,
      input: { is: 'none' },
    })
    store.close()
    await scene.startDaemon()
    expect(await scene.untilEnd(run.taskId)).toMatchObject({ status: 'completed', attempt: 1 })
    expect(await scene.text(run.taskId)).toBe('run\n')
  })

  it('starts a task that was claimed but never launched', async () => {
    const scene = openScene()
    const { store } = scene
    await scene.running.close()
    const { newTask } = await import('../contract/store.js')
    const session = { open: { id: 's', agent: 'echo', workingDirectory: '/', at: Date.now() } }
    await store.createTask(newTask({ id: 'task-claimed', session, at: Date.now() }), 10)
    await store.claimNext({ at: Date.now(), token: 'a-token', exceptAgents: [] })
    store.close()
    await scene.startDaemon()
    expect(await scene.untilEnd('task-claimed')).toMatchObject({ status: 'completed', attempt: 2 })
  })

  it('finishes a cancel that the previous daemon had begun', async () => {
    const scene = openScene({ agents: { gated } })
    const task = await scene.start(join(scene.directory, 'gate'), 'gated')
    await scene.untilText(task.id, 'one')
    await scene.running.close()
    await scene.store.requestStop(task.id, 'cancelled')
    scene.store.close()
    await scene.startDaemon()
    expect(await scene.untilEnd(task.id)).toMatchObject({ status: 'cancelled' })
    expect(processesWith(`SPOOLD_TASK_ID=${task.id}`)).toEqual([])
  })

  it('removes spools of unknown tasks', async () => {
    const scene = openScene()
    const leftover = join(scene.directory, 'spool', 'task-unknown')
    mkdirSync(leftover, { recursive: true })
    writeFileSync(join(leftover, 'out'), 'x')
    await scene.restart()
    expect(existsSync(leftover)).toBe(false)
  })
})
