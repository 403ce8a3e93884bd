import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openScene } from './scene.js'

const HALF = 'half \ud83d'

describe('promise 10: half a character is rejected in every field', () => {
  it.each([
    ['message', { message: HALF }],
    ['session_id', { message: 'x', sessionId: HALF }],
    ['agent', { message: 'x', agent: HALF }],
    ['model', { message: 'x', model: HALF }],
    ['idempotency_key', { message: 'x', idempotencyKey: HALF }],
    ['working_directory', { message: 'x', workingDirectory: `/tmp/${HALF}` }],
  ])('%s of a task', async (field, request) => {
    const { service } = openScene()
    await expect(service.start(request)).rejects.toMatchObject({
      code: 'invalid_input',
      field,
      message: `${field} contains half a character (a lone surrogate); send valid Unicode.`,
    })
    expect((await service.list({ includeDone: true, limit: 10 })).tasks).toEqual([])
    expect(await service.listSessions()).toEqual([])
  })

  it.each([
    ['argv', { argv: ['echo', HALF] }],
    ['idempotency_key', { argv: ['echo'], idempotencyKey: HALF }],
    ['working_directory', { argv: ['echo'], workingDirectory: `/${HALF}` }],
  ])('%s of a command', async (field, request) => {
    const { service } = openScene()
    await expect(service.exec(request)).rejects.toMatchObject({ code: 'invalid_input', field })
    expect((await service.list({ includeDone: true, limit: 10 })).tasks).toEqual([])
  })

  it('whole characters are returned as they were sent', async () => {
    const scene = openScene()
    const { id } = await scene.start('👋🏽 e\u0301')
    await scene.untilEnd(id)
    expect((await scene.service.get(id)).message).toBe('👋🏽 e\u0301')
    expect(await scene.text(id)).toBe('👋🏽 e\u0301')
  })
})

describe('an invalid working directory is rejected with the remedy', () => {
  async function reject(workingDirectory: string) {
    const { service } = openScene()
    const error = await service.start({ message: 'x', workingDirectory }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'working_directory_invalid', field: 'working_directory' })
    const { message } = error as Error
    expect(message.length).toBeLessThan(400)
    expect(message.isWellFormed()).toBe(true)
    return message
  }

  it('a relative path', async () => {
    expect(await reject('src/x')).toMatch(/must be an absolute path, got "src\/x"; start it with "\/"\.$/)
    expect(await reject('👋'.repeat(1_500_000))).toContain('…"; start')
  })

  it('a file', async () => {
    const { directory } = openScene()
    writeFileSync(join(directory, 'file'), '')
    expect(await reject(join(directory, 'file'))).toMatch(/file is not a directory; choose a directory\.$/)
  })

  it('a path that is too long', async () => {
    expect(await reject(`/${'x'.repeat(3_000_000)}`)).toContain('longer than 4096 bytes; use a shorter path')
    expect(await reject(`/${'👋/'.repeat(700)}`)).toContain('…')
  })

  it('a path with control characters, which the message leaves out', async () => {
    expect(await reject('/nowhere\x1b[31m\u202e/a')).toBe(
      'working_directory /nowhere/a does not exist; create it or choose another.',
    )
  })

  it('one that differs from the directory of the session, shown without control characters', async () => {
    const { directory, service } = openScene()
    const odd = join(directory, 'a\x1b[31m\u202eb')
    mkdirSync(odd)
    const { id } = await service.createSession({ workingDirectory: odd })
    const start = service.start({ message: 'x', sessionId: id, workingDirectory: directory })
    await expect(start).rejects.toThrow(`works in ${join(directory, 'ab')}`)
  })
})
