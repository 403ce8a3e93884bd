import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openWorkshop } from './scene.js'

const HALF = 'half \ud83d'

describe('promise 10: half a character is refused at every door of the service', () => {
  it.each([
    ['message', { message: HALF }],
    ['session_id', { message: 'x', sessionId: HALF }],
    ['agent', { message: 'x', agent: HALF }],
    ['model', { message: 'x', model: HALF }],
    ['idempotency_key', { message: 'x', idempotencyKey: HALF }],
    ['working_directory', { message: 'x', workingDirectory: `/tmp/${HALF}` }],
  ])('%s of a task', async (field, request) => {
    const { service } = openWorkshop()
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
    const { service } = openWorkshop()
    await expect(service.exec(request)).rejects.toMatchObject({ code: 'invalid_input', field })
    expect((await service.list({ includeDone: true, limit: 10 })).tasks).toEqual([])
  })

  it('whole characters come back as they were sent', async () => {
    const workshop = openWorkshop()
    const { id } = await workshop.start('👋🏽 e\u0301')
    await workshop.untilEnd(id)
    expect((await workshop.service.get(id)).message).toBe('👋🏽 e\u0301')
    expect(await workshop.text(id)).toBe('👋🏽 e\u0301')
  })
})

describe('a working directory that cannot be one is refused with what to do', () => {
  async function refused(workingDirectory: string) {
    const { service } = openWorkshop()
    const error = await service.start({ message: 'x', workingDirectory }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'working_directory_invalid', field: 'working_directory' })
    const { message } = error as Error
    expect(message.length).toBeLessThan(400)
    expect(message.isWellFormed()).toBe(true)
    return message
  }

  it('a relative path', async () => {
    expect(await refused('src/x')).toMatch(/must be an absolute path, got "src\/x"; begin it with "\/"\.$/)
    expect(await refused('👋'.repeat(1_500_000))).toContain('…"; begin')
  })

  it('a file', async () => {
    const { directory } = openWorkshop()
    writeFileSync(join(directory, 'file'), '')
    expect(await refused(join(directory, 'file'))).toMatch(/file is not a directory; name one\.$/)
  })

  it('a path that is too long', async () => {
    expect(await refused(`/${'x'.repeat(3_000_000)}`)).toContain(
      'longer than 4096 bytes; name a shorter path',
    )
    expect(await refused(`/${'👋/'.repeat(700)}`)).toContain('…')
  })

  it('a path with controls, which are left out of the sentence', async () => {
    expect(await refused('/nowhere\x1b[31m\u202e/a')).toBe(
      'working_directory /nowhere/a does not exist; create it or name another.',
    )
  })

  it('another one than that of the session, told without controls', async () => {
    const { directory, service } = openWorkshop()
    const odd = join(directory, 'a\x1b[31m\u202eb')
    mkdirSync(odd)
    const { id } = await service.createSession({ workingDirectory: odd })
    const start = service.start({ message: 'x', sessionId: id, workingDirectory: directory })
    await expect(start).rejects.toThrow(`works in ${join(directory, 'ab')}`)
  })
})
