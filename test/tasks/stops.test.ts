import { describe, expect, it } from 'vitest'
import { processesWith } from '../helpers/processes.js'
import { waitFor } from '../helpers/wait-for.js'
import { openWorkshop, shellAgent } from './scene.js'

describe('cancelling', () => {
  it('promise 8: leaves no process, not even one that left the group and ignores SIGTERM', async () => {
    const stubborn = shellAgent(
      `setsid sh -c "trap '' TERM HUP INT; while :; do sleep 0.1; done" &
       trap '' TERM; echo ready; while :; do sleep 0.1; done`,
    )
    const workshop = openWorkshop({ agents: { stubborn } })
    const task = await workshop.start('x', 'stubborn')
    await workshop.untilText(task.id, 'ready')
    const mark = `SPOOLD_TASK_ID=${task.id}`
    await waitFor('several processes', () => processesWith(mark).length >= 4)
    const outcome = await workshop.service.cancel(task.id)
    expect(processesWith(mark)).toEqual([])
    expect(outcome).toMatchObject({ cancelled: true, task: { status: 'cancelled', endReason: 'cancelled' } })
    expect((await workshop.progress(task.id)).chunks.at(-1)).toMatchObject({ isFinal: true, kind: 'notice' })
  })

  it('keeps what the process says in its last moments', async () => {
    const polite = shellAgent(`trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.02; done`)
    const workshop = openWorkshop({ agents: { polite } })
    const task = await workshop.start('x', 'polite')
    await workshop.untilText(task.id, 'ready')
    expect((await workshop.service.cancel(task.id)).task).toMatchObject({ status: 'cancelled', exitCode: 7 })
    expect(await workshop.text(task.id)).toBe('ready\nbye\n')
  })

  it('ends a pending task at once, and the next of its session goes on', async () => {
    const workshop = openWorkshop({ agents: { waits: shellAgent('[ "$1" = go ] || sleep 30') } })
    const first = await workshop.start('x', 'waits')
    const more = { sessionId: first.sessionId, agent: undefined }
    const second = await workshop.start('x', 'waits', more)
    const third = await workshop.start('go', 'waits', more)
    expect((await workshop.service.cancel(second.id)).task).toMatchObject({ status: 'cancelled', attempt: 0 })
    await workshop.service.cancel(first.id)
    expect(await workshop.untilEnd(third.id)).toMatchObject({ status: 'completed' })
  })

  it('promise 5: changes nothing on a task that has ended', async () => {
    const workshop = openWorkshop()
    const task = await workshop.start('x')
    const ended = await workshop.untilEnd(task.id)
    expect(await workshop.service.cancel(task.id)).toMatchObject({ task: ended, cancelled: false })
    expect((await workshop.progress(task.id)).task).toEqual(ended)
  })

  it('can be asked for twice at the same time', async () => {
    const workshop = openWorkshop({ agents: { slow: shellAgent('sleep 30') } })
    const task = await workshop.start('x', 'slow')
    const [one, two] = await Promise.all([workshop.service.cancel(task.id), workshop.service.cancel(task.id)])
    expect([one.task.status, two.task.status]).toEqual(['cancelled', 'cancelled'])
  })

  it('names an unknown task', async () => {
    const workshop = openWorkshop()
    await expect(workshop.service.cancel('task-none')).rejects.toMatchObject({ code: 'task_not_found' })
  })
})

describe('limits', () => {
  it('promise 7: ends a task at its time limit, counted from the start of its process', async () => {
    const workshop = openWorkshop({ agents: { slow: shellAgent('echo begun; sleep 30') } })
    const task = await workshop.start('x', 'slow', { timeoutMs: 400 })
    const ended = await workshop.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'timeout' })
    expect(ended.completedAt - (ended.startedAt ?? 0)).toBeGreaterThanOrEqual(400)
    expect(await workshop.text(task.id)).toBe('begun\n')
  })

  it('promise 7: ends a silent task at its silence limit, and a talking one not', async () => {
    const agents = {
      silent: shellAgent('echo begun; sleep 30', { stallSeconds: 0.3 }),
      talking: shellAgent('for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done', { stallSeconds: 0.5 }),
    }
    const workshop = openWorkshop({ agents })
    const [silent, talking] = [await workshop.start('x', 'silent'), await workshop.start('x', 'talking')]
    expect(await workshop.untilEnd(silent.id)).toMatchObject({ status: 'failed', endReason: 'stalled' })
    expect(await workshop.untilEnd(talking.id)).toMatchObject({ status: 'completed' })
  })

  it('promise 9: ends a runaway writer at the output limit and says how many bytes were dropped', async () => {
    const limit = 200_000
    const agents = { runaway: shellAgent('echo first; yes 0123456789; echo never') }
    const over = { limits: { outputLimitBytes: limit, killGraceMs: 5_000 } }
    const workshop = openWorkshop({ agents, over })
    const task = await workshop.start('x', 'runaway')
    const ended = await workshop.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'output_limit' })
    const text = await workshop.text(task.id)
    expect(Buffer.byteLength(text)).toBe(limit)
    expect(text.startsWith('first\n0123456789\n')).toBe(true)
    const last = (await workshop.progress(task.id)).chunks.at(-1)
    expect(last?.content).toMatch(/limit of 200000 bytes was reached; [1-9]\d* bytes beyond it were dropped/)
  })

  it('promise 7: takes a progress bar that redraws one line for output', async () => {
    const bar = shellAgent("for i in 1 2 3 4 5 6 7 8; do printf '\\r%s of 8' $i; sleep 0.15; done", {
      stallSeconds: 0.5,
    })
    const workshop = openWorkshop({ agents: { bar } })
    const task = await workshop.start('x', 'bar')
    expect(await workshop.untilEnd(task.id)).toMatchObject({ status: 'completed' })
    expect(await workshop.text(task.id)).toBe('8 of 8')
  })

  it('promise 9: tells what was dropped when a task was cancelled beyond its limit', async () => {
    const flood = shellAgent(
      `trap 'head -c 5000 /dev/zero | tr "\\0" x; exit 0' TERM; echo ready; while :; do sleep 0.02; done`,
    )
    const over = { limits: { outputLimitBytes: 1_000, killGraceMs: 5_000 } }
    const workshop = openWorkshop({ agents: { flood }, over })
    const task = await workshop.start('x', 'flood')
    await workshop.untilText(task.id, 'ready')
    expect((await workshop.service.cancel(task.id)).task.status).toBe('cancelled')
    const notices = (await workshop.progress(task.id)).chunks.filter((chunk) => chunk.kind === 'notice')
    expect(notices.at(-2)?.content).toMatch(/^\n40\d\d bytes beyond the output limit were dropped\.$/)
  })

  it('promise 9: says so too when the writer ended before it could be stopped', async () => {
    // In one write, so that it is all there when the limit is seen.
    const agents = { burst: shellAgent('dd if=/dev/zero bs=5000 count=1 2>/dev/null') }
    const over = { limits: { outputLimitBytes: 1_000, killGraceMs: 5_000 } }
    const workshop = openWorkshop({ agents, over })
    const task = await workshop.start('x', 'burst')
    const ended = await workshop.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'output_limit' })
    expect(ended.status === 'failed' && ended.error).toContain('4000 bytes beyond it were dropped')
  })
})
