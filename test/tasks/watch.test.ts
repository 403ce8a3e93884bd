import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { waitFor } from '../helpers/wait-for.js'
import { openWorkshop, shellAgent, type Workshop } from './scene.js'

/** Says each of its lines when the test made the file that the message and the line's number name. */
const gated = shellAgent('for n in 1 2; do until [ -e "$1-$n" ]; do sleep 0.02; done; echo "line $n"; done')

/** Watches for as long as the test wants; `since` tells whether hints came after the last look. */
function watch(workshop: Workshop, taskId: string | null) {
  const ending = new AbortController()
  let hints = 0
  workshop.service.watch(taskId, () => (hints += 1), ending.signal)
  return {
    hints: () => hints,
    end: () => ending.abort(),
    async isTold(what: string): Promise<void> {
      await waitFor(`a hint of ${what}`, () => hints > 0)
      hints = 0
    },
  }
}

function open(over = {}) {
  const workshop = openWorkshop({ agents: { gated }, over })
  const gate = `${workshop.directory}/gate`
  return { workshop, gate }
}

describe('who watches a task', () => {
  it('is told when it gets its turn, prints and ends, each after the commit', async () => {
    const { workshop, gate } = open({ concurrency: 1 })
    const before = await workshop.start(`${gate}-never`, 'gated')
    const { id } = await workshop.start(gate, 'gated')
    const seen: string[] = []
    // What a hint follows can be read at once.
    const look = () => workshop.service.get(id).then((task) => seen.push(task.status))
    workshop.service.watch(id, look, new AbortController().signal)
    expect((await workshop.service.get(id)).status).toBe('pending')
    await workshop.service.cancel(before.id)
    await waitFor('the start', () => seen.includes('running'))
    writeFileSync(`${gate}-1`, '')
    await waitFor('output', () => seen.includes('streaming'))
    writeFileSync(`${gate}-2`, '')
    await waitFor('the end', () => seen.includes('completed'))
  })

  it('is told when it is pinned and when it is purged, and hears nothing of other tasks', async () => {
    const { workshop } = open()
    const { id } = await workshop.start('x', 'echo', { ttlMs: 1 })
    await workshop.untilEnd(id)
    const kept = await workshop.start('kept')
    await workshop.untilEnd(kept.id)
    const ofTask = watch(workshop, id)
    const ofOther = watch(workshop, kept.id)
    await workshop.service.setPinned(id, true)
    await ofTask.isTold('the pin')
    await workshop.service.setPinned(id, false)
    await ofTask.isTold('the unpinning')
    await workshop.running.purgeExpired()
    await ofTask.isTold('the purge')
    expect(ofOther.hints()).toBe(0)
  })

  it('hears nothing after the signal, and nothing when the daemon stops', async () => {
    const { workshop } = open()
    const { id } = await workshop.start('x')
    await workshop.untilEnd(id)
    const ended = watch(workshop, id)
    const still = watch(workshop, id)
    ended.end()
    await workshop.service.setPinned(id, true)
    await still.isTold('the pin')
    workshop.running.endWaits()
    expect([ended.hints(), still.hints()]).toEqual([0, 0])
  })
})

describe('who watches the list of tasks', () => {
  it('is told of a creation, a start, an end and a purge', async () => {
    const { workshop, gate } = open()
    const list = watch(workshop, null)
    const { id } = await workshop.start(gate, 'gated', { ttlMs: 1 })
    await waitFor('the process', async () => (await workshop.service.get(id)).chunkCount === 1)
    expect(list.hints()).toBe(2)
    const running = watch(workshop, null)
    writeFileSync(`${gate}-1`, '')
    await workshop.untilText(id, 'line 1')
    expect(running.hints()).toBe(0)
    writeFileSync(`${gate}-2`, '')
    await running.isTold('the end')
    await workshop.untilEnd(id)
    await waitFor('what the end told', async () => (await workshop.runner.spooledTasks()).length === 0)
    const ended = watch(workshop, null)
    await workshop.running.purgeExpired()
    expect(ended.hints()).toBe(1)
  })
})

describe('one task', () => {
  it('is given as it stands, and refused where it is not there', async () => {
    const { workshop } = open()
    const { id } = await workshop.start('x')
    await workshop.untilEnd(id)
    expect(await workshop.service.get(id)).toMatchObject({ id, status: 'completed', message: 'x' })
    await expect(workshop.service.get('task-none')).rejects.toMatchObject({ code: 'task_not_found' })
  })
})
