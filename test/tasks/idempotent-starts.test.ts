import { mkdirSync, rmdirSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StartRequest } from '../../src/domain/service.js'
import { openScene, type Scene, shellAgent } from './scene.js'

const REQUEST: StartRequest = { message: 'x', agent: 'echo', idempotencyKey: 'key-1' }

async function tasksOf({ service }: Scene): Promise<string[]> {
  return (await service.list({ includeDone: true, limit: 100 })).tasks.map(({ id }) => id)
}

describe('the same idempotency_key returns the same task', () => {
  it('ten times at once', async () => {
    const scene = openScene()
    const all = await Promise.all(Array.from({ length: 10 }, () => scene.service.start({ ...REQUEST })))
    expect(new Set(all.map(({ task }) => task.id)).size).toBe(1)
    expect(all.filter(({ created }) => created)).toHaveLength(1)
    expect(await tasksOf(scene)).toHaveLength(1)
    expect(await scene.service.listSessions()).toHaveLength(1)
  })

  it('after its end, and after a restart, with its output', async () => {
    const scene = openScene()
    const { id } = await scene.start('x', 'echo', { idempotencyKey: 'key-1' })
    await scene.untilEnd(id)
    await scene.restart()
    const again = await scene.service.start(REQUEST)
    expect(again).toMatchObject({ created: false, task: { id, status: 'completed' } })
    expect(await scene.text(id)).toBe('x')
  })

  it('if its working directory was removed, or the link to it', async () => {
    const scene = openScene()
    const directory = join(scene.directory, 'work')
    const link = join(scene.directory, 'link')
    mkdirSync(directory)
    symlinkSync(directory, link)
    const request = { ...REQUEST, workingDirectory: link }
    const { task } = await scene.service.start(request)
    await scene.untilEnd(task.id)
    expect(await scene.service.start({ ...request, workingDirectory: `${directory}/` })).toMatchObject({
      task: { id: task.id },
    })
    unlinkSync(link)
    rmdirSync(directory)
    expect(await scene.service.start(request)).toMatchObject({ created: false, task: { id: task.id } })
  })

  it('if its agent was removed, the default changed, its session has ended and no new task is allowed', async () => {
    const scene = openScene({ agents: { other: shellAgent('printf other') } })
    const session = await scene.service.createSession({ agent: 'other' })
    const request = { message: 'x', sessionId: session.id, agent: 'other', idempotencyKey: 'key-2' }
    const { task } = await scene.service.start(request)
    const byDefault = await scene.service.start({ message: 'y', idempotencyKey: 'key-3' })
    for (const { id } of [task, byDefault.task]) await scene.untilEnd(id)
    await scene.service.endSession(session.id)
    await scene.stopDaemon()
    const rules = { ...scene.rules, defaultAgent: 'another' }
    const agents = scene.registry({ another: shellAgent('true') })
    await scene.startDaemon({ agents, rules, maxTasks: 0 })
    expect(await scene.service.start(request)).toMatchObject({ created: false, task: { id: task.id } })
    expect((await scene.service.start({ message: 'y', idempotencyKey: 'key-3' })).task.id).toBe(
      byDefault.task.id,
    )
  })

  it('for a command', async () => {
    const scene = openScene()
    const request = { argv: ['/bin/echo', 'a b'], idempotencyKey: 'key-1' }
    const first = await scene.service.exec(request)
    expect(await scene.service.exec(request)).toMatchObject({
      created: false,
      task: { id: first.task.id },
    })
    // The same words split in another way, and the same words as a message.
    for (const argv of [
      ['/bin/echo', 'a', 'b'],
      ['/bin/echo a', 'b'],
    ]) {
      await expect(scene.service.exec({ ...request, argv })).rejects.toMatchObject(CONFLICT)
    }
    const asMessage = { message: '/bin/echo a b', idempotencyKey: 'key-1' }
    await expect(scene.service.start(asMessage)).rejects.toMatchObject(CONFLICT)
  })

  it('until the task is purged: then the key is free', async () => {
    const scene = openScene()
    const { id } = await scene.start('x', 'echo', { idempotencyKey: 'key-1' })
    await scene.untilEnd(id)
    await scene.service.purge({ olderThanMs: 0, dryRun: false })
    const next = await scene.service.start({ ...REQUEST, message: 'another' })
    expect(next.created).toBe(true)
    expect(next.task.id).not.toBe(id)
  })
})

const CONFLICT = { code: 'idempotency_conflict', field: 'idempotency_key' }

describe('promise 10: a different request with the same key is rejected', () => {
  it.each([
    ['message', { message: 'y' }],
    ['agent', { agent: 'other' }],
    ['session_id', { sessionId: 'session-unknown' }],
    ['model', { model: 'large' }],
    ['working_directory', { workingDirectory: '/' }],
    ['working_directory', { workingDirectory: 'relative' }],
  ])('%s', async (field, over) => {
    const scene = openScene({ agents: { other: shellAgent('true') } })
    const { task } = await scene.service.start({ ...REQUEST, workingDirectory: scene.directory })
    await scene.untilEnd(task.id)
    const before = await scene.store.getTask(task.id)
    const start = scene.service.start({ ...REQUEST, ...over })
    await expect(start).rejects.toMatchObject(CONFLICT)
    await expect(start).rejects.toThrow(`used by ${task.id}, with a different ${field}; use a new key`)
    expect(await tasksOf(scene)).toEqual([task.id])
    expect(await scene.store.getTask(task.id)).toEqual(before)
  })

  it('of two at once, one is accepted and the other is rejected', async () => {
    const scene = openScene()
    const both = await Promise.allSettled([
      scene.service.start({ ...REQUEST, message: 'a' }),
      scene.service.start({ ...REQUEST, message: 'b' }),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: CONFLICT })
    expect(await tasksOf(scene)).toHaveLength(1)
  })
})
