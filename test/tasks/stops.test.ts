import { describe, expect, it } from 'vitest'
import { awaitEnd } from '../../src/tasks/cancel.js'
import { processesWith } from '../helpers/processes.js'
import { waitFor } from '../helpers/wait-for.js'
import { openScene, shellAgent } from './scene.js'

describe('a cancel', () => {
  it('promise 8: leaves no process, not even one that left the group and ignores SIGTERM', async () => {
    const stubborn = shellAgent(
      `setsid sh -c "trap '' TERM HUP INT; while :; do sleep 0.1; done" &
       trap '' TERM; echo ready; while :; do sleep 0.1; done`,
    )
    const scene = openScene({ agents: { stubborn } })
    const task = await scene.start('x', 'stubborn')
    await scene.untilText(task.id, 'ready')
    const mark = `SPOOLD_TASK_ID=${task.id}`
    await waitFor('several processes', () => processesWith(mark).length >= 4)
    const outcome = await scene.service.cancel(task.id)
    expect(processesWith(mark)).toEqual([])
    expect(outcome).toMatchObject({ cancelled: true, task: { status: 'cancelled', endReason: 'cancelled' } })
    expect((await scene.progress(task.id)).chunks.at(-1)).toMatchObject({ isFinal: true, kind: 'notice' })
  })

  it('keeps the last output of the process', async () => {
    const polite = shellAgent(`trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.02; done`)
    const scene = openScene({ agents: { polite } })
    const task = await scene.start('x', 'polite')
    await scene.untilText(task.id, 'ready')
    expect((await scene.service.cancel(task.id)).task).toMatchObject({ status: 'cancelled', exitCode: 7 })
    expect(await scene.text(task.id)).toBe('ready\nbye\n')
  })

  it('ends a pending task at once, and the next task of its session goes on', async () => {
    const scene = openScene({ agents: { waits: shellAgent('[ "$1" = go ] || sleep 30') } })
    const first = await scene.start('x', 'waits')
    const more = { sessionId: first.sessionId, agent: undefined }
    const second = await scene.start('x', 'waits', more)
    const third = await scene.start('go', 'waits', more)
    expect((await scene.service.cancel(second.id)).task).toMatchObject({ status: 'cancelled', attempt: 0 })
    await scene.service.cancel(first.id)
    expect(await scene.untilEnd(third.id)).toMatchObject({ status: 'completed' })
  })

  it('promise 5: does not change a task that has ended', async () => {
    const scene = openScene()
    const task = await scene.start('x')
    const ended = await scene.untilEnd(task.id)
    expect(await scene.service.cancel(task.id)).toMatchObject({ task: ended, cancelled: false })
    expect((await scene.progress(task.id)).task).toEqual(ended)
  })

  it('can be requested twice at the same time', async () => {
    const scene = openScene({ agents: { slow: shellAgent('sleep 30') } })
    const task = await scene.start('x', 'slow')
    const [one, two] = await Promise.all([scene.service.cancel(task.id), scene.service.cancel(task.id)])
    expect([one.task.status, two.task.status]).toEqual(['cancelled', 'cancelled'])
  })

  it('of an unknown task is an error', async () => {
    const scene = openScene()
    await expect(scene.service.cancel('task-none')).rejects.toMatchObject({ code: 'task_not_found' })
  })

  it('promise 8: waits for the end of its task', async () => {
    await expect(awaitEnd(Promise.resolve(), 'task-x', 0, 60_000)).resolves.toBeUndefined()
  })

  it('does not hang if the end of its task cannot be stored', async () => {
    const never = new Promise<void>(() => {})
    await expect(awaitEnd(never, 'task-x', 1, 1)).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('task-x is cancelled'),
    })
  })
})

describe('a limit', () => {
  it('promise 7: of time ends a task, counted from the start of its process', async () => {
    const scene = openScene({ agents: { slow: shellAgent('echo begun; sleep 30') } })
    const task = await scene.start('x', 'slow', { timeoutMs: 400 })
    const ended = await scene.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'timeout' })
    expect(ended.completedAt - (ended.startedAt ?? 0)).toBeGreaterThanOrEqual(400)
    expect(await scene.text(task.id)).toBe('begun\n')
  })

  it('promise 7: of silence ends a silent task, and not one that prints', async () => {
    const agents = {
      silent: shellAgent('echo begun; sleep 30', { stallSeconds: 0.3 }),
      talking: shellAgent('for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done', { stallSeconds: 0.5 }),
    }
    const scene = openScene({ agents })
    const [silent, talking] = [await scene.start('x', 'silent'), await scene.start('x', 'talking')]
    expect(await scene.untilEnd(silent.id)).toMatchObject({ status: 'failed', endReason: 'stalled' })
    expect(await scene.untilEnd(talking.id)).toMatchObject({ status: 'completed' })
  })

  it('promise 9: of output ends a runaway writer, and the error says how many bytes were dropped', async () => {
    const limit = 200_000
    const agents = { runaway: shellAgent('echo first; yes 0123456789; echo never') }
    const over = { limits: { outputLimitBytes: limit, killGraceMs: 5_000 } }
    const scene = openScene({ agents, over })
    const task = await scene.start('x', 'runaway')
    const ended = await scene.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'output_limit' })
    const text = await scene.text(task.id)
    expect(Buffer.byteLength(text)).toBe(limit)
    expect(text.startsWith('first\n0123456789\n')).toBe(true)
    const last = (await scene.progress(task.id)).chunks.at(-1)
    expect(last?.content).toMatch(/limit of 200000 bytes was reached; [1-9]\d* bytes beyond it were dropped/)
  })

  it('promise 7: of silence counts a progress bar that redraws one line as output', async () => {
    const bar = shellAgent("for i in 1 2 3 4 5 6 7 8; do printf '\\r%s of 8' $i; sleep 0.15; done", {
      stallSeconds: 0.5,
    })
    const scene = openScene({ agents: { bar } })
    const task = await scene.start('x', 'bar')
    expect(await scene.untilEnd(task.id)).toMatchObject({ status: 'completed' })
    expect(await scene.text(task.id)).toBe('8 of 8')
  })

  it('promise 9: of output is reported for a task that is cancelled beyond it', async () => {
    const flood = shellAgent(
      `trap 'head -c 5000 /dev/zero | tr "\\0" x; exit 0' TERM; echo ready; while :; do sleep 0.02; done`,
    )
    const over = { limits: { outputLimitBytes: 1_000, killGraceMs: 5_000 } }
    const scene = openScene({ agents: { flood }, over })
    const task = await scene.start('x', 'flood')
    await scene.untilText(task.id, 'ready')
    expect((await scene.service.cancel(task.id)).task.status).toBe('cancelled')
    const notices = (await scene.progress(task.id)).chunks.filter((chunk) => chunk.kind === 'notice')
    expect(notices.at(-2)?.content).toMatch(/^\n40\d\d bytes beyond the output limit were dropped\.$/)
  })

  it('promise 9: of output is reported for a writer that ends before it can be stopped', async () => {
    // One write, so that all of it exists when the limit is checked.
    const agents = { burst: shellAgent('dd if=/dev/zero bs=5000 count=1 2>/dev/null') }
    const over = { limits: { outputLimitBytes: 1_000, killGraceMs: 5_000 } }
    const scene = openScene({ agents, over })
    const task = await scene.start('x', 'burst')
    const ended = await scene.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'output_limit' })
    expect(ended.status === 'failed' && ended.error).toContain('4000 bytes beyond it were dropped')
  })
})
