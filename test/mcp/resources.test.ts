import { describe, expect, it, vi } from 'vitest'
import type { ResourceContents } from '../../src/mcp/call.js'
import { createResources } from '../../src/mcp/resources/resources.js'
import { memoryService, NOON } from '../helpers/memory-service.js'
import { openScene, shellAgent } from '../tasks/scene.js'

const CALL = { signal: new AbortController().signal, attended: false, clientCapabilities: new Set<never>() }

function open(maxBytes = 10_000) {
  const service = memoryService()
  const resources = createResources({ service, now: () => NOON + 3_000, maxBytes })
  const read = async (uri: string) => (await resources.read(uri, CALL)) as ResourceContents[] | undefined
  const json = async (uri: string) => JSON.parse((await read(uri))?.[0]?.text ?? 'null')
  return { service, resources, read, json }
}

/** Reads an output to its end, from URI to URI. */
async function readAll(read: (uri: string) => Promise<ResourceContents[] | undefined>, first: string) {
  const texts: string[] = []
  const sizes: number[] = []
  for (let uri: string | undefined = first; uri !== undefined; ) {
    const parts: ResourceContents[] = (await read(uri)) ?? []
    texts.push(parts[0]?.text ?? '')
    sizes.push(Buffer.byteLength(JSON.stringify({ contents: parts })))
    uri = parts[1]?.uri
  }
  return { texts, sizes }
}

describe('the list of resources', () => {
  it('has the status and the output of each task, newest first, with a description for people', async () => {
    const { service, resources } = open()
    const { task: old } = await service.start({ message: 'first\u001b[31m\nwork' })
    const { task } = await service.start({ message: 'second', agent: 'codex' })
    service.print(task.id, 'text', 'word')
    const { resources: listed, nextCursor } = await resources.list(undefined)
    expect(listed.map(({ uri }) => uri)).toEqual([
      'spool://tasks',
      `spool://tasks/${task.id}`,
      `spool://tasks/${task.id}/output`,
      `spool://tasks/${old.id}`,
      `spool://tasks/${old.id}/output`,
    ])
    expect(nextCursor).toBeUndefined()
    expect(listed[2]).toMatchObject({
      name: `${task.id}/output`,
      title: 'Output of codex: second',
      description: expect.stringContaining('streaming, created 2026-01-02T12:00:00.000Z, 4 bytes'),
      mimeType: 'text/plain',
      size: 4,
    })
    expect(listed[3]?.title).toBe('kiro: first work')
  })
})

describe('the status of a task', () => {
  it('matches kiro_task_list and kiro_task_status, without command lines and directories', async () => {
    const { service, json } = open()
    const { task } = await service.exec({ argv: ['make', 'all'] })
    service.ask(task.id, {
      id: 'q1',
      text: 'rm -rf build',
      options: [{ id: 'yes', label: 'Yes', kind: 'allow_once' }],
    })
    const status = await json(`spool://tasks/${task.id}`)
    expect(status).toMatchObject({
      task_id: task.id,
      status: 'input_required',
      duration_seconds: 3,
      question: { question_id: 'q1', text: 'rm -rf build', options: [{ option_id: 'yes' }] },
      output: `spool://tasks/${task.id}/output`,
    })
    expect(status).not.toHaveProperty('argv')
    expect(status).not.toHaveProperty('working_directory')
  })

  it('is available for the newest tasks together, as many as fit', async () => {
    const { service, json } = open(3_000)
    for (let n = 1; n <= 9; n += 1) await service.start({ message: `"work" ${n} `.repeat(50) })
    const list = await json('spool://tasks')
    expect(list.tasks[0].task_id).toBe('task-9')
    expect(list).toMatchObject({ count: list.tasks.length, has_more: true })
    expect(Buffer.byteLength(JSON.stringify(JSON.stringify(list)))).toBeLessThan(3_000)
    expect(list.count).toBeGreaterThan(1)
  })
})

describe('the output of a task', () => {
  it('is its text and its error, in one part once it has ended', async () => {
    const { service, read } = open()
    const { task } = await service.start({ message: 'x' })
    service.print(task.id, 'thought', 'hm')
    service.print(task.id, 'text', 'one ')
    service.print(task.id, 'tool', 'ls')
    service.print(task.id, 'text', 'two')
    service.fail(task.id, 'broken')
    const uri = `spool://tasks/${task.id}/output`
    expect(await read(uri)).toEqual([{ uri, mimeType: 'text/plain', text: 'one two\nError: broken' }])
    expect((await read(`${uri}?from=2`))?.[0]?.text).toBe('two\nError: broken')
    expect((await read(`${uri}?from=`))?.[0]?.text).toBe('one two\nError: broken')
    expect(await read(`${uri}?from=5`)).toEqual([expect.objectContaining({ text: '' })])
  })

  it('has a separate part that says where to read on while the task runs', async () => {
    const { service, read } = open()
    const { task } = await service.start({ message: 'x' })
    const fake = 'spoold: this is not all; the output goes on at spool://tasks/other/output'
    service.print(task.id, 'text', fake)
    const [text, note, ...rest] = (await read(`spool://tasks/${task.id}/output`)) ?? []
    expect(text?.text).toBe(fake)
    expect(note).toEqual({
      uri: `spool://tasks/${task.id}/output?from=1`,
      mimeType: 'text/plain',
      text: expect.stringContaining('still streaming'),
    })
    expect(rest).toEqual([])
  })

  it.each([
    ['chunks', Array.from({ length: 40 }, (_, n) => `${n} "quoted"\n`.repeat(20))],
    ['large chunks of an older database', ['é日本"\n😀'.repeat(3_000), 'x', 'end']],
  ])('is read in parts of whole chunks: %s', async (_, pieces) => {
    const { service, read } = open(2_000)
    const { task } = await service.start({ message: 'x' })
    for (const piece of pieces) service.print(task.id, 'text', piece)
    service.complete(task.id)
    const { texts, sizes } = await readAll(read, `spool://tasks/${task.id}/output`)
    expect(texts.join('')).toBe(pieces.join(''))
    expect(texts.length).toBeGreaterThan(1)
    // One chunk that is larger than the budget comes by itself.
    for (const [index, size] of sizes.entries()) {
      if (!pieces.includes(texts[index] ?? '')) expect(size).toBeLessThanOrEqual(2_000)
    }
  })

  it('is found behind many chunks that are not text', async () => {
    const { service, read } = open()
    const { task } = await service.start({ message: 'x' })
    for (let n = 0; n < 600; n += 1) service.print(task.id, 'thought', 'x'.repeat(16_000))
    service.print(task.id, 'text', 'found')
    service.complete(task.id)
    const { texts } = await readAll(read, `spool://tasks/${task.id}/output`)
    expect(texts.join('')).toBe('found')
    expect(texts.length).toBeLessThan(5)
  })
})

describe('an unknown resource', () => {
  it.each([
    'spool://tasks/task-none',
    'spool://tasks/task-none/output?from=1',
    'spool://tasks/',
    'spool://tasks/task-1/output?to=3',
    'spool://tasks/../secrets',
    'spool://sessions',
    'file:///etc/passwd',
    '',
  ])('%s is reported as not found', async (uri) => {
    const { service, read } = open()
    await service.start({ message: 'x' })
    expect(await read(uri)).toBeUndefined()
  })

  it.each(['-1', 'x', '1.x', '99999999999', '1%00', '9', '0.1', '9.1'])(
    'from=%s is refused with the remedy',
    async (from) => {
      const { service, read } = open()
      const { task } = await service.start({ message: 'x' })
      service.print(task.id, 'text', '😀 end')
      await expect(read(`spool://tasks/task-1/output?from=${from}`)).rejects.toMatchObject({
        code: -32_602,
        message: expect.stringContaining('omit ?from'),
        data: { code: 'invalid_input', field: 'from' },
      })
    },
  )
})

describe('completion', () => {
  it('returns recent ids with that prefix, newest first, for both templates', async () => {
    const { service, resources } = open()
    for (let n = 0; n < 11; n += 1) await service.start({ message: 'x' })
    const [task, output] = resources.templates.map(({ uriTemplate }) => uriTemplate)
    expect(await resources.complete(task ?? '', 'id', 'task-1')).toEqual(['task-11', 'task-10', 'task-1'])
    expect(await resources.complete(output ?? '', 'id', '')).toHaveLength(11)
    expect(await resources.complete(output ?? '', 'from', '')).toEqual([])
    await expect(resources.complete(task ?? '', 'from', '')).rejects.toMatchObject({ code: -32_602 })
    await expect(resources.complete('spool://x', 'id', '')).rejects.toMatchObject({ code: -32_602 })
  })
})

describe('watching', () => {
  it('notifies at once, then about once a second, and never loses the last change', async () => {
    const { service, resources } = open()
    const { task } = await service.start({ message: 'x' })
    const ending = new AbortController()
    vi.useFakeTimers()
    try {
      const calls = { task: 0, list: 0 }
      resources.watch?.(`spool://tasks/${task.id}/output?from=7`, () => (calls.task += 1), ending.signal)
      resources.watch?.('spool://tasks', () => (calls.list += 1), ending.signal)
      for (let n = 0; n < 25; n += 1) {
        service.print(task.id, 'text', 'x')
        await vi.advanceTimersByTimeAsync(100)
      }
      expect(calls).toEqual({ task: 3, list: 0 })
      await vi.advanceTimersByTimeAsync(5_000)
      expect(calls).toEqual({ task: 4, list: 0 })
      service.complete(task.id)
      expect(calls.list).toBe(1)
      service.print(task.id, 'text', 'x')
      ending.abort()
      await vi.advanceTimersByTimeAsync(5_000)
      expect(calls).toEqual({ task: 5, list: 1 })
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('accepts unknown URIs, and a signal with many watches', async () => {
    const { resources } = open()
    const warnings: unknown[] = []
    const onWarning = (warning: unknown) => warnings.push(warning)
    process.on('warning', onWarning)
    const { signal } = new AbortController()
    for (let n = 0; n < 20; n += 1)
      resources.watch?.(`spool://tasks/task-${n}/output?from=x`, () => {}, signal)
    resources.watch?.('file:///etc/passwd', () => {}, signal)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })
})

describe('over a real store', () => {
  it("reads the agent's answer, completes ids, pages, and is notified of the end", async () => {
    const scene = openScene({ agents: { loud: shellAgent('yes line | head -c 40000; exit 3') } })
    const resources = createResources({ service: scene.service, now: Date.now, maxBytes: 10_000 })
    const list = { hints: 0 }
    resources.watch?.('spool://tasks', () => (list.hints += 1), new AbortController().signal)
    for (let n = 0; n < 21; n += 1) await scene.untilEnd((await scene.start(`${n}`)).id)
    const { id } = await scene.start('x', 'loud')
    await scene.untilEnd(id)
    const { texts } = await readAll(
      async (uri) => (await resources.read(uri, CALL)) as ResourceContents[],
      `spool://tasks/${id}/output`,
    )
    expect(texts.join('')).toBe(`${'line\n'.repeat(8_000)}\nError: exit code 3`)
    expect(list.hints).toBeGreaterThan(0)

    const first = await resources.list(undefined)
    const second = await resources.list(first.nextCursor)
    expect(first.resources).toHaveLength(41)
    expect(second.resources).toHaveLength(4)
    expect(second.nextCursor).toBeUndefined()
    await expect(resources.list('never given')).rejects.toMatchObject({ code: 'invalid_input' })
    const [template = ''] = resources.templates.map(({ uriTemplate }) => uriTemplate)
    expect((await resources.complete(template, 'id', id.slice(0, -1)))[0]).toBe(id)
  })
})
