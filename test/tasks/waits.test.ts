import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EVERYTHING, openWorkshop, shellAgent } from './scene.js'

const gated = shellAgent('printf first; while [ ! -e "$1" ]; do sleep 0.02; done; printf second')

describe('waiting for a task', () => {
  it('promise 2: a waiting poll is woken by output, and what it is shown is committed', async () => {
    const workshop = openWorkshop({ agents: { gated } })
    const task = await workshop.start(`${workshop.directory}/gate`, 'gated')
    await workshop.untilText(task.id, 'first')
    const from = (await workshop.progress(task.id)).nextChunkIndex
    const poll = workshop.service.status(task.id, { ...EVERYTHING, from, waitMs: 30_000 })
    writeFileSync(`${workshop.directory}/gate`, '')
    const seen = await poll
    expect(seen.chunks.length).toBeGreaterThan(0)
    expect((await workshop.progress(task.id)).chunks.slice(from, from + seen.chunks.length)).toEqual(
      seen.chunks,
    )
  })

  it('waits for the end where that is asked for, through all output', async () => {
    const workshop = openWorkshop({
      agents: { ticks: shellAgent('for i in 1 2 3 4 5; do echo $i; sleep 0.05; done') },
    })
    const task = await workshop.start('x', 'ticks')
    const end = await workshop.service.status(task.id, { ...EVERYTHING, waitMs: 30_000, waitFor: 'done' })
    expect(end.task.status).toBe('completed')
    expect(end.result).toBe('1\n2\n3\n4\n5\n')
    expect(end.hasMore).toBe(false)
  })

  it('answers when the time is over, with nothing new', async () => {
    const workshop = openWorkshop({ agents: { gated } })
    const task = await workshop.start(`${workshop.directory}/gate`, 'gated')
    await workshop.untilText(task.id, 'first')
    const from = (await workshop.progress(task.id)).nextChunkIndex
    const seen = await workshop.service.status(task.id, { ...EVERYTHING, from, waitMs: 50 })
    expect(seen).toMatchObject({ chunks: [], nextChunkIndex: from, hasMore: false })
  })

  it('is ended with an answer when the daemon stops', async () => {
    const workshop = openWorkshop({ agents: { gated } })
    const task = await workshop.start(`${workshop.directory}/gate`, 'gated')
    await workshop.untilText(task.id, 'first')
    const from = (await workshop.progress(task.id)).nextChunkIndex
    const poll = workshop.service.status(task.id, { ...EVERYTHING, from, waitMs: 50_000 })
    workshop.running.endWaits()
    expect(await poll).toMatchObject({ chunks: [], nextChunkIndex: from })
  })

  it('promise 10: refuses an index that the task has not come to, and names the next one', async () => {
    const workshop = openWorkshop()
    const task = await workshop.start('x')
    await workshop.untilEnd(task.id)
    await expect(workshop.service.status(task.id, { ...EVERYTHING, from: 99 })).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'from_chunk_index',
      message: expect.stringContaining('the next chunk of the task, 3'),
    })
  })

  it('gives a large text in parts, each chunk once', async () => {
    const workshop = openWorkshop({ agents: { big: shellAgent('seq 1 40000') } })
    const task = await workshop.start('x', 'big')
    await workshop.untilEnd(task.id)
    let from = 0
    let text = ''
    for (let more = true; more; ) {
      const page = await workshop.service.status(task.id, { ...EVERYTHING, from, maxBytes: 40_000 })
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
