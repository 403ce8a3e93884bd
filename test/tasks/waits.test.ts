import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EVERYTHING, openScene, shellAgent } from './scene.js'

const gated = shellAgent('printf first; while [ ! -e "$1" ]; do sleep 0.1; done; printf second')

describe('waiting for a task', () => {
  it('promise 2: output wakes a waiting poll after it was committed', async () => {
    const scene = openScene({ agents: { gated } })
    const task = await scene.start(`${scene.directory}/gate`, 'gated')
    await scene.untilText(task.id, 'first')
    const from = (await scene.progress(task.id)).nextChunkIndex
    const poll = scene.service.status(task.id, { ...EVERYTHING, from, waitMs: 30_000 })
    writeFileSync(`${scene.directory}/gate`, '')
    const seen = await poll
    expect(seen.chunks.length).toBeGreaterThan(0)
    expect((await scene.progress(task.id)).chunks.slice(from, from + seen.chunks.length)).toEqual(seen.chunks)
  })

  it('waits for the end on request, through all output', async () => {
    const scene = openScene({
      agents: { ticks: shellAgent('for i in 1 2 3 4 5; do echo $i; sleep 0.05; done') },
    })
    const task = await scene.start('x', 'ticks')
    const end = await scene.service.status(task.id, { ...EVERYTHING, waitMs: 30_000, waitFor: 'done' })
    expect(end.task.status).toBe('completed')
    expect(end.result).toBe('1\n2\n3\n4\n5\n')
    expect(end.hasMore).toBe(false)
  })

  it('returns no chunks when its time is over', async () => {
    const scene = openScene({ agents: { gated } })
    const task = await scene.start(`${scene.directory}/gate`, 'gated')
    await scene.untilText(task.id, 'first')
    const from = (await scene.progress(task.id)).nextChunkIndex
    const seen = await scene.service.status(task.id, { ...EVERYTHING, from, waitMs: 50 })
    expect(seen).toMatchObject({ chunks: [], nextChunkIndex: from, hasMore: false })
  })

  it('returns when the daemon stops', async () => {
    const scene = openScene({ agents: { gated } })
    const task = await scene.start(`${scene.directory}/gate`, 'gated')
    await scene.untilText(task.id, 'first')
    const from = (await scene.progress(task.id)).nextChunkIndex
    const poll = scene.service.status(task.id, { ...EVERYTHING, from, waitMs: 50_000 })
    scene.running.endWaits()
    expect(await poll).toMatchObject({ chunks: [], nextChunkIndex: from })
  })

  it('promise 10: rejects an index that the task has not reached, and names the next one', async () => {
    const scene = openScene()
    const task = await scene.start('x')
    await scene.untilEnd(task.id)
    await expect(scene.service.status(task.id, { ...EVERYTHING, from: 99 })).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'from_chunk_index',
      message: expect.stringContaining('the next chunk of the task, 3'),
    })
  })

  it('returns a large text in pages, each chunk once', async () => {
    const scene = openScene({ agents: { big: shellAgent('seq 1 40000') } })
    const task = await scene.start('x', 'big')
    await scene.untilEnd(task.id)
    let from = 0
    let text = ''
    for (let more = true; more; ) {
      const page = await scene.service.status(task.id, { ...EVERYTHING, from, maxBytes: 40_000 })
      text += page.chunks
        .filter((chunk) => chunk.kind === 'text')
        .map((chunk) => chunk.content)
        .join('')
      from = page.nextChunkIndex
      more = page.hasMore
      expect(page.result).toBeNull()
    }
    expect(text).toBe(`${Array.from({ length: 40_000 }, (_, n) => n + 1).join('\n')}\n`)
  })
})
