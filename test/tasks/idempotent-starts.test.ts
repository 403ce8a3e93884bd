import { mkdirSync, rmdirSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StartRequest } from '../../src/domain/service.js'
import { openWorkshop, shellAgent, type Workshop } from './scene.js'

const REQUEST: StartRequest = { message: 'x', agent: 'echo', idempotencyKey: 'key-1' }

async function tasksOf({ service }: Workshop): Promise<string[]> {
  return (await service.list({ includeDone: true, limit: 100 })).tasks.map(({ id }) => id)
}

describe('the same idempotency_key gives the same task', () => {
  it('at once, ten times', async () => {
    const workshop = openWorkshop()
    const all = await Promise.all(Array.from({ length: 10 }, () => workshop.service.start({ ...REQUEST })))
    expect(new Set(all.map(({ task }) => task.id)).size).toBe(1)
    expect(all.filter(({ created }) => created)).toHaveLength(1)
    expect(await tasksOf(workshop)).toHaveLength(1)
    expect(await workshop.service.listSessions()).toHaveLength(1)
  })

  it('after its end, and after a restart, with its output', async () => {
    const workshop = openWorkshop()
    const { id } = await workshop.start('x', 'echo', { idempotencyKey: 'key-1' })
    await workshop.untilEnd(id)
    await workshop.restart()
    const again = await workshop.service.start(REQUEST)
    expect(again).toMatchObject({ created: false, task: { id, status: 'completed' } })
    expect(await workshop.text(id)).toBe('x')
  })

  it('when its working directory is gone, or the link to it', async () => {
    const workshop = openWorkshop()
    const directory = join(workshop.directory, 'work')
    const link = join(workshop.directory, 'link')
    mkdirSync(directory)
    symlinkSync(directory, link)
    const request = { ...REQUEST, workingDirectory: link }
    const { task } = await workshop.service.start(request)
    await workshop.untilEnd(task.id)
    expect(await workshop.service.start({ ...request, workingDirectory: `${directory}/` })).toMatchObject({
      task: { id: task.id },
    })
    unlinkSync(link)
    rmdirSync(directory)
    expect(await workshop.service.start(request)).toMatchObject({ created: false, task: { id: task.id } })
  })

  it('when its agent is configured no more, the default is another, its session has ended and no task has room', async () => {
    const workshop = openWorkshop({ agents: { other: shellAgent('printf other') } })
    const session = await workshop.service.createSession({ agent: 'other' })
    const request = { message: 'x', sessionId: session.id, agent: 'other', idempotencyKey: 'key-2' }
    const { task } = await workshop.service.start(request)
    const byDefault = await workshop.service.start({ message: 'y', idempotencyKey: 'key-3' })
    for (const { id } of [task, byDefault.task]) await workshop.untilEnd(id)
    await workshop.service.endSession(session.id)
    await workshop.letGo()
    const rules = { ...workshop.rules, defaultAgent: 'another' }
    const agents = workshop.registry({ another: shellAgent('true') })
    await workshop.takeUp({ agents, rules, maxTasks: 0 })
    expect(await workshop.service.start(request)).toMatchObject({ created: false, task: { id: task.id } })
    expect((await workshop.service.start({ message: 'y', idempotencyKey: 'key-3' })).task.id).toBe(
      byDefault.task.id,
    )
  })

  it('for a command', async () => {
    const workshop = openWorkshop()
    const request = { argv: ['/bin/echo', 'a b'], idempotencyKey: 'key-1' }
    const first = await workshop.service.exec(request)
    expect(await workshop.service.exec(request)).toMatchObject({
      created: false,
      task: { id: first.task.id },
    })
    // The same words, cut otherwise; and the same words as a message.
    for (const argv of [
      ['/bin/echo', 'a', 'b'],
      ['/bin/echo a', 'b'],
    ]) {
      await expect(workshop.service.exec({ ...request, argv })).rejects.toMatchObject(CONFLICT)
    }
    const asMessage = { message: '/bin/echo a b', idempotencyKey: 'key-1' }
    await expect(workshop.service.start(asMessage)).rejects.toMatchObject(CONFLICT)
  })

  it('until the purge takes the task: then the key is free', async () => {
    const workshop = openWorkshop()
    const { id } = await workshop.start('x', 'echo', { idempotencyKey: 'key-1' })
    await workshop.untilEnd(id)
    await workshop.service.purge({ olderThanMs: 0, dryRun: false })
    const next = await workshop.service.start({ ...REQUEST, message: 'another' })
    expect(next.created).toBe(true)
    expect(next.task.id).not.toBe(id)
  })
})

const CONFLICT = { code: 'idempotency_conflict', field: 'idempotency_key' }

describe('promise 10: another request under the same key is refused', () => {
  it.each([
    ['message', { message: 'y' }],
    ['agent', { agent: 'other' }],
    ['session_id', { sessionId: 'session-of-somebody' }],
    ['model', { model: 'large' }],
    ['working_directory', { workingDirectory: '/' }],
    ['working_directory', { workingDirectory: 'relative' }],
  ])('%s', async (field, over) => {
    const workshop = openWorkshop({ agents: { other: shellAgent('true') } })
    const { task } = await workshop.service.start({ ...REQUEST, workingDirectory: workshop.directory })
    await workshop.untilEnd(task.id)
    const before = await workshop.store.getTask(task.id)
    const refused = workshop.service.start({ ...REQUEST, ...over })
    await expect(refused).rejects.toMatchObject(CONFLICT)
    await expect(refused).rejects.toThrow(`used by ${task.id}, for another ${field}; use a new key`)
    expect(await tasksOf(workshop)).toEqual([task.id])
    expect(await workshop.store.getTask(task.id)).toEqual(before)
  })

  it('of two at once one is taken and the other refused', async () => {
    const workshop = openWorkshop()
    const both = await Promise.allSettled([
      workshop.service.start({ ...REQUEST, message: 'a' }),
      workshop.service.start({ ...REQUEST, message: 'b' }),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: CONFLICT })
    expect(await tasksOf(workshop)).toHaveLength(1)
  })
})
