import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { killProcessesWith, processesWith } from '../helpers/processes.js'
import { waitFor } from '../helpers/wait-for.js'
import { openWorkshop, shellAgent } from './scene.js'

const gated = shellAgent('printf "one é "; while [ ! -e "$1" ]; do sleep 0.02; done; printf "two 日"; exit 5')

describe('the next daemon', () => {
  it('promise 4: adopts a running task and takes the rest and the exit code', async () => {
    const workshop = openWorkshop({ agents: { gated } })
    const gate = join(workshop.directory, 'gate')
    const task = await workshop.start(gate, 'gated')
    await workshop.untilText(task.id, 'one')
    const before = await workshop.progress(task.id)
    await workshop.restart()
    writeFileSync(gate, '')
    expect(await workshop.untilEnd(task.id)).toMatchObject({ status: 'failed', exitCode: 5, attempt: 1 })
    const after = await workshop.progress(task.id)
    expect(await workshop.text(task.id)).toBe('one é two 日')
    expect(after.chunks.slice(0, before.chunks.length)).toEqual(before.chunks)
    expect(after.chunks.map((chunk) => chunk.index)).toEqual(after.chunks.map((_, index) => index))
  })

  it('promise 4: takes what a task said and how it ended while no daemon ran', async () => {
    const workshop = openWorkshop({ agents: { gated } })
    const gate = join(workshop.directory, 'gate')
    const task = await workshop.start(gate, 'gated')
    await workshop.untilText(task.id, 'one')
    await workshop.letGo()
    writeFileSync(gate, '')
    await waitFor('the end of the process', () => processesWith(`SPOOLD_TASK_ID=${task.id}`).length === 0)
    await workshop.takeUp()
    expect(await workshop.untilEnd(task.id)).toMatchObject({
      status: 'failed',
      endReason: 'exit',
      exitCode: 5,
    })
    expect(await workshop.text(task.id)).toBe('one é two 日')
  })

  it('promise 6: says lost where the process was killed from outside, never a success', async () => {
    const workshop = openWorkshop({ agents: { gated } })
    const task = await workshop.start(join(workshop.directory, 'gate'), 'gated')
    await workshop.untilText(task.id, 'one')
    await workshop.letGo()
    killProcessesWith(`SPOOLD_TASK_ID=${task.id}`)
    await workshop.takeUp()
    const ended = await workshop.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'lost', exitCode: null })
    expect(await workshop.text(task.id)).toBe('one é ')
  })

  it('promise 6: says lost while the daemon runs, too', async () => {
    const workshop = openWorkshop({ agents: { gated } })
    const task = await workshop.start(join(workshop.directory, 'gate'), 'gated')
    await workshop.untilText(task.id, 'one')
    killProcessesWith(`SPOOLD_TASK_ID=${task.id}`)
    expect(await workshop.untilEnd(task.id)).toMatchObject({ status: 'failed', endReason: 'lost' })
  })

  it('promise 6: takes no other process for the one that ran before the machine was restarted', async () => {
    const workshop = openWorkshop({ agents: { gated } })
    const task = await workshop.start(join(workshop.directory, 'gate'), 'gated')
    await workshop.untilText(task.id, 'one')
    const [run] = await workshop.store.activeRuns()
    if (!run?.identity) throw new Error('no process')
    await workshop.store.recordProcess(run, { ...run.identity, bootId: 'another-boot' }, [], Date.now())
    await workshop.letGo()
    // After a restart of the machine nothing of the task lives.
    killProcessesWith(`SPOOLD_TASK_ID=${task.id}`)
    await workshop.takeUp()
    const ended = await workshop.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'lost' })
    expect(ended.status === 'failed' && ended.error).toContain('The machine was restarted')
  })

  it('waits for the processes of a task whose wrapper alone was killed', async () => {
    const workshop = openWorkshop({ agents: { gated } })
    const gate = join(workshop.directory, 'gate')
    const task = await workshop.start(gate, 'gated')
    await workshop.untilText(task.id, 'one')
    const [run] = await workshop.store.activeRuns()
    process.kill(run?.identity?.pid ?? 0, 'SIGKILL')
    await waitFor('the loss to be seen', () => workshop.running.warnings.length > 0)
    writeFileSync(gate, '')
    expect(await workshop.untilEnd(task.id)).toMatchObject({ status: 'failed', endReason: 'lost' })
    expect(await workshop.text(task.id)).toBe('one é two 日')
  })

  it('promise 7: does not call a task silent for the time in which nobody listened', async () => {
    const script = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do echo $i; sleep 0.1; done'
    const workshop = openWorkshop({ agents: { talking: shellAgent(script, { stallSeconds: 0.5 }) } })
    const task = await workshop.start('x', 'talking')
    await workshop.untilText(task.id, '1')
    await workshop.letGo()
    const spoolFile = join(workshop.directory, 'spool', task.id, 'out')
    await waitFor('a second of output', () => readFileSync(spoolFile, 'utf8').includes('\n12\n'))
    await workshop.takeUp()
    expect(await workshop.untilEnd(task.id)).toMatchObject({ status: 'completed' })
  })

  it('goes on with pending tasks', async () => {
    const workshop = openWorkshop({ agents: { gated } })
    const gate = join(workshop.directory, 'gate')
    const first = await workshop.start(gate, 'gated')
    const second = await workshop.start(gate, 'gated', { sessionId: first.sessionId, agent: undefined })
    await workshop.restart()
    writeFileSync(gate, '')
    await workshop.untilEnd(second.id)
    expect(await workshop.text(second.id)).toBe('one é two 日')
  })

  it('never starts a task twice: a launch that was not recorded is found by what the wrapper wrote', async () => {
    const workshop = openWorkshop({
      agents: { count: shellAgent('echo run >> count; sleep 0.3; cat count') },
    })
    const { directory, store, runner } = workshop
    await workshop.running.close()
    const task = { agent: 'count', message: 'x', workingDirectory: directory }
    const { newTask } = await import('../contract/store.js')
    const session = { open: { id: 's', agent: 'count', workingDirectory: directory, at: Date.now() } }
    await store.createTask(newTask({ ...task, id: 'task-announced', session, at: Date.now() }), 10)
    const run = await store.claimNext({ at: Date.now(), token: 'a-token', exceptAgents: [] })
    if (!run) throw new Error('nothing claimed')
    await store.announceLaunch(run, { kind: 'command', state: null })
    await runner.launch({
      ...run,
      argv: ['/bin/sh', '-c', 'echo run >> count; sleep 0.3; cat count'],
      env: { PATH: process.env.PATH ?? '' },
      cwd: directory,
      input: { is: 'none' },
    })
    store.close()
    await workshop.takeUp()
    expect(await workshop.untilEnd(run.taskId)).toMatchObject({ status: 'completed', attempt: 1 })
    expect(await workshop.text(run.taskId)).toBe('run\n')
  })

  it('starts what was claimed but never launched', async () => {
    const workshop = openWorkshop()
    const { store } = workshop
    await workshop.running.close()
    const { newTask } = await import('../contract/store.js')
    const session = { open: { id: 's', agent: 'echo', workingDirectory: '/', at: Date.now() } }
    await store.createTask(newTask({ id: 'task-claimed', session, at: Date.now() }), 10)
    await store.claimNext({ at: Date.now(), token: 'a-token', exceptAgents: [] })
    store.close()
    await workshop.takeUp()
    expect(await workshop.untilEnd('task-claimed')).toMatchObject({ status: 'completed', attempt: 2 })
  })

  it('goes on with a cancel that the daemon before had begun', async () => {
    const workshop = openWorkshop({ agents: { gated } })
    const task = await workshop.start(join(workshop.directory, 'gate'), 'gated')
    await workshop.untilText(task.id, 'one')
    await workshop.running.close()
    await workshop.store.requestStop(task.id, 'cancelled')
    workshop.store.close()
    await workshop.takeUp()
    expect(await workshop.untilEnd(task.id)).toMatchObject({ status: 'cancelled' })
    expect(processesWith(`SPOOLD_TASK_ID=${task.id}`)).toEqual([])
  })

  it('removes spools that belong to nothing', async () => {
    const workshop = openWorkshop()
    const left = join(workshop.directory, 'spool', 'task-of-nobody')
    mkdirSync(left, { recursive: true })
    writeFileSync(join(left, 'out'), 'x')
    await workshop.restart()
    expect(existsSync(left)).toBe(false)
  })
})
