import { describe, expect, test } from 'vitest'
import { CHUNK_KINDS } from '../../src/domain/chunk.js'
import { started } from './started.js'

describe('detail', () => {
  async function mixed() {
    const task = await started()
    for (const kind of CHUNK_KINDS) task.service.print(task.id, kind, `<${kind}>`)
    return task
  }

  test('full returns the chunks and all their contents', async () => {
    const { structured, text } = await (await mixed()).poll({ detail: 'full' })
    expect(structured.new_chunks).toHaveLength(6)
    expect(structured.new_content).toBe('<text><thought><tool><notice><stderr><error>')
    expect(text).toContain('<text><thought>')
  })

  test("text returns only the agent's answer and errors, once, in the text block", async () => {
    const { structured, text } = await (await mixed()).poll({ detail: 'text' })
    expect(structured).toMatchObject({ new_chunks: [], next_chunk_index: 6 })
    expect(structured).not.toHaveProperty('new_content')
    expect(structured.note).toContain('in the text block')
    expect(JSON.stringify(structured)).not.toContain('<text>')
    expect(text).toMatch(/\n\n<text><error>$/)
  })

  test('content returns the same once, in structuredContent, for hosts that show a model nothing else', async () => {
    const { structured, text } = await (await mixed()).poll({ detail: 'content' })
    expect(structured).toMatchObject({ new_chunks: [], new_content: '<text><error>', next_chunk_index: 6 })
    expect(structured).not.toHaveProperty('note')
    expect(text).not.toContain('<text>')
  })

  test('chunks returns only the chunks', async () => {
    const { structured, text } = await (await mixed()).poll({ detail: 'chunks' })
    expect(structured.new_chunks).toHaveLength(6)
    expect(structured).not.toHaveProperty('new_content')
    expect(text).not.toContain('<text>')
  })

  test('text and content report the reason of a failure once, and again to a call from beyond the end', async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'almost')
    service.fail(id, 'it broke')
    for (const detail of ['text', 'content']) {
      const { result, structured } = await poll({ detail })
      expect(JSON.stringify(result).split('it broke')).toHaveLength(2)
      const { structured: again, result: last } = await poll({
        detail,
        from_chunk_index: structured.next_chunk_index,
      })
      expect(again.error).toBe('it broke')
      expect(JSON.stringify(last).split('it broke')).toHaveLength(2)
    }
  })
})

describe('max_bytes', () => {
  test('is 10,000 by default', async () => {
    const { service, id, poll } = await started()
    for (let index = 0; index < 100; index += 1) service.print(id, 'text', 'x'.repeat(1_000))
    const { result } = await poll({ detail: 'text' })
    const { content, structuredContent } = result
    const bytes = Buffer.byteLength(JSON.stringify({ content, structuredContent }))
    expect(bytes).toBeLessThanOrEqual(10_000)
    expect(bytes).toBeGreaterThan(8_500)
  })

  test('promise 1: a chunk is returned whole, whatever max_bytes is', async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'x'.repeat(16_384))
    service.print(id, 'text', 'y')
    for (const detail of ['full', 'chunks', 'text', 'content']) {
      const first = await poll({ max_bytes: 1_000, detail })
      expect(first.structured).toMatchObject({ next_chunk_index: 1, last_chunk_index: 0, has_more: true })
      expect(JSON.stringify(first.result)).toContain('x'.repeat(16_384))
      expect(first.text).toContain('chunk 0 of 2. Read on with from_chunk_index 1.')
      const rest = await poll({ from_chunk_index: 1, max_bytes: 1_000, detail })
      expect(rest.structured).toMatchObject({ next_chunk_index: 2, last_chunk_index: 1, has_more: false })
    }
  })

  test('a chunk that no longer fits waits for the next result', async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'x'.repeat(1_000))
    service.print(id, 'text', 'y'.repeat(1_000))
    const { structured } = await poll({ max_bytes: 5_000 })
    expect(structured).toMatchObject({ next_chunk_index: 1, has_more: true })
  })
})

describe('the end of a task', () => {
  test('is_done comes with the last chunk, not before; status shows the end at once', async () => {
    const { service, id, poll } = await started()
    for (let index = 0; index < 4; index += 1) service.print(id, 'text', 'x'.repeat(1_984))
    service.complete(id)
    const first = await poll()
    expect(first.structured).toMatchObject({ status: 'completed', is_done: false, has_more: true })
    const from = Number(first.structured.last_chunk_index) + 1
    expect(from).toBe(first.structured.next_chunk_index)
    const beyond = await poll({ from_chunk_index: 5 })
    expect(beyond.structured).toMatchObject({ is_done: true, last_chunk_index: 4, next_chunk_index: 5 })
  })
})

describe('the result', () => {
  test('comes with the last chunks if it fits', async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'Hel')
    service.print(id, 'thought', 'hm')
    service.print(id, 'text', 'lo')
    service.complete(id)
    expect((await poll()).structured).toMatchObject({
      result: 'Hello',
      exit_code: 0,
      end_reason: 'exit',
      is_done: true,
    })
  })

  test('is replaced by its size and the way to read it if it does not fit', async () => {
    const { service, id, poll } = await started()
    for (let index = 0; index < 20; index += 1) service.print(id, 'text', 'z'.repeat(200))
    service.complete(id)
    const { structured } = await poll({ max_bytes: 2_000, from_chunk_index: 19 })
    expect(structured).toMatchObject({ has_more: false, result_bytes: 4_000 })
    expect(structured).not.toHaveProperty('result')
    expect(structured.note).toContain('from_chunk_index 0')
  })

  test('is left out for a caller that has read everything', async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'z'.repeat(5_000))
    service.complete(id)
    const { result, structured } = await poll({ from_chunk_index: 2 })
    expect(structured).toMatchObject({ is_done: true, next_chunk_index: 2, result_bytes: 5_000 })
    expect(JSON.stringify(result).length).toBeLessThan(900)
    const asText = await poll({ from_chunk_index: 2, detail: 'text' })
    expect(asText.text).toBe('completed; nothing new, 2 chunks in all. That is all.')
    expect(asText.structured).not.toHaveProperty('note')
  })

  test('is only in results of detail full: the others have the text once', async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'the whole')
    service.complete(id)
    for (const detail of ['text', 'content', 'chunks']) {
      const { structured, result } = await poll({ detail })
      expect(structured).toMatchObject({ is_done: true, result_bytes: 9 })
      expect(JSON.stringify(result).split('the whole')).toHaveLength(2)
    }
  })
})
