import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { waitFor } from '../helpers/wait-for.js'
import { openScene, type Scene, shellAgent } from './scene.js'

/** Prints each of its two lines when the file named by the message and the number of the line exists. */
const gated = shellAgent('for n in 1 2; do until [ -e "$1-$n" ]; do sleep 0.1; done; echo "line $n"; done')

/** Counts notifications of a task, or of the list (null), since the last one that was waited for. */
function watch(scene: Scene, taskId: string | null) {
  const controller = new AbortController()
  let count = 0
  scene.service.watch(taskId, () => (count += 1), controller.signal)
  return {
    count: () => count,
    stop: () => controller.abort(),
    async untilNotified(what: string): Promise<void> {
      await waitFor(`a notification of ${what}`, () => count > 0)
      count = 0
    },
  }
}

function open(over = {}) {
  const scene = openScene({ agents: { gated }, over })
  const gate = `${scene.directory}/gate`
  return { scene, gate }
}

describe('a watcher of a task', () => {
  it('is notified when the task starts, prints and ends, each time after the commit', async () => {
    const { scene, gate } = open({ concurrency: 1 })
    const before = await scene.start(`${gate}-never`, 'gated')
    const { id } = await scene.start(gate, 'gated')
    const seen: string[] = []
    // A notification comes after the commit, so the change can be read at once.
    const read = () => scene.service.get(id).then((task) => seen.push(task.status))
    scene.service.watch(id, read, new AbortController().signal)
    expect((await scene.service.get(id)).status).toBe('pending')
    await scene.service.cancel(before.id)
    await waitFor('the start', () => seen.includes('running'))
    writeFileSync(`${gate}-1`, '')
    await waitFor('output', () => seen.includes('streaming'))
    writeFileSync(`${gate}-2`, '')
    await waitFor('the end', () => seen.includes('completed'))
  })

  it('is notified when the task is pinned and purged, and of no other task', async () => {
    const { scene } = open()
    const { id } = await scene.start('x', 'echo', { ttlMs: 1 })
    await scene.untilEnd(id)
    const kept = await scene.start('kept')
    await scene.untilEnd(kept.id)
    const ofTask = watch(scene, id)
    const ofOther = watch(scene, kept.id)
    await scene.service.setPinned(id, true)
    await ofTask.untilNotified('the pin')
    await scene.service.setPinned(id, false)
    await ofTask.untilNotified('the unpinning')
    await scene.running.purgeExpired()
    await ofTask.untilNotified('the purge')
    expect(ofOther.count()).toBe(0)
  })

  it('is not notified after its signal aborts, nor when the daemon stops', async () => {
    const { scene } = open()
    const { id } = await scene.start('x')
    await scene.untilEnd(id)
    const ended = watch(scene, id)
    const other = watch(scene, id)
    ended.stop()
    await scene.service.setPinned(id, true)
    await other.untilNotified('the pin')
    scene.running.endWaits()
    expect([ended.count(), other.count()]).toEqual([0, 0])
  })
})

describe('a watcher of the list of tasks', () => {
  it('is notified of a creation, a start, an end and a purge', async () => {
    const { scene, gate } = open()
    const list = watch(scene, null)
    const { id } = await scene.start(gate, 'gated', { ttlMs: 1 })
    await waitFor('the process', async () => (await scene.service.get(id)).chunkCount === 1)
    expect(list.count()).toBe(2)
    const running = watch(scene, null)
    writeFileSync(`${gate}-1`, '')
    await scene.untilText(id, 'line 1')
    expect(running.count()).toBe(0)
    writeFileSync(`${gate}-2`, '')
    await running.untilNotified('the end')
    await scene.untilEnd(id)
    await waitFor('the last step of the end', async () => (await scene.processes.spooledTasks()).length === 0)
    const ended = watch(scene, null)
    await scene.running.purgeExpired()
    expect(ended.count()).toBe(1)
  })
})

describe('one task', () => {
  it('is returned as it is stored, or an error if it does not exist', async () => {
    const { scene } = open()
    const { id } = await scene.start('x')
    await scene.untilEnd(id)
    expect(await scene.service.get(id)).toMatchObject({ id, status: 'completed', message: 'x' })
    await expect(scene.service.get('task-none')).rejects.toMatchObject({ code: 'task_not_found' })
  })
})
