import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AgentSettings } from '../../src/domain/adapter.js'
import { killProcessesWith } from '../helpers/processes.js'
import { openWorkshop } from './scene.js'

const BINARY = join(import.meta.dirname, '..', 'fixtures', 'kiro-cli')
const ANSWER = 'Grüße, 世界! 👩🏽‍💻\n\nzwei Zeilen, und ein Ende.\n'

/** kiro-cli by its stand-in, whose variables are described at its top. */
function kiro(variables: Record<string, string> = {}): AgentSettings {
  const env = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [`FAKE_KIRO_${name}`, value]),
  )
  return { kind: 'kiro', binary: BINARY, args: [], passEnv: [], env: { FAKE_KIRO_TEXT: ANSWER, ...env } }
}

describe.each([
  ['with events', '2.19.2'],
  ['as text', '2.10.0'],
])('kiro-cli %s', (_, version) => {
  it('streams its answer into chunks, split and slow as it comes', async () => {
    const agents = { kiro: kiro({ VERSION: version, SCENARIO: 'slow', DELAY_MS: '40', PARTS: '6' }) }
    const workshop = openWorkshop({ agents })
    const task = await workshop.start('hello', 'kiro')
    expect(await workshop.untilEnd(task.id)).toMatchObject({ status: 'completed', exitCode: 0 })
    expect((await workshop.text(task.id)).trim()).toBe(ANSWER.trim())
    const { chunks } = await workshop.progress(task.id)
    expect(chunks.filter((chunk) => chunk.kind === 'text').length).toBeGreaterThan(2)
  })

  it('promise 4: finishes an answer that was cut by a daemon that went away', async () => {
    const agents = { kiro: kiro({ VERSION: version, SCENARIO: 'slow', DELAY_MS: '80', PARTS: '8' }) }
    const workshop = openWorkshop({ agents })
    const task = await workshop.start('hello', 'kiro')
    await workshop.untilText(task.id, 'Gr')
    await workshop.restart()
    expect(await workshop.untilEnd(task.id)).toMatchObject({ status: 'completed' })
    expect((await workshop.text(task.id)).trim()).toBe(ANSWER.trim())
  })

  it('promise 6: calls an exit 0 without an answer a failure', async () => {
    const workshop = openWorkshop({ agents: { kiro: kiro({ VERSION: version, SCENARIO: 'empty' }) } })
    const task = await workshop.start('hello', 'kiro')
    expect(await workshop.untilEnd(task.id)).toMatchObject({ status: 'failed', endReason: 'agent_error' })
  })
})

describe('kiro-cli', () => {
  it('goes on with the conversation of a session by the id that it gave', async () => {
    const workshop = openWorkshop()
    await workshop.letGo()
    const log = join(workshop.directory, 'starts')
    await workshop.takeUp({
      agents: workshop.registry({ kiro: kiro({ SESSION: 'conversation-1', LOG: log }) }),
    })
    const first = await workshop.start('one', 'kiro')
    await workshop.untilEnd(first.id)
    const second = await workshop.start('two', 'kiro', { sessionId: first.sessionId })
    expect(await workshop.untilEnd(second.id)).toMatchObject({ status: 'completed' })
    const resumed = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter((start) => start.args[0] === 'chat')
      .map((start) => start.resumeId)
    expect(resumed).toEqual([null, 'conversation-1'])
  })

  it('promise 6: calls an answer from another conversation a failure', async () => {
    const workshop = openWorkshop()
    await workshop.letGo()
    await workshop.takeUp({ agents: workshop.registry({ kiro: kiro({ SESSION: 'conversation-1' }) }) })
    const first = await workshop.start('one', 'kiro')
    await workshop.untilEnd(first.id)
    await workshop.letGo()
    await workshop.takeUp({ agents: workshop.registry({ kiro: kiro({ SCENARIO: 'other-session' }) }) })
    const second = await workshop.start('two', 'kiro', { sessionId: first.sessionId })
    expect(await workshop.untilEnd(second.id)).toMatchObject({ status: 'failed', endReason: 'agent_error' })
  })

  it('says agent_missing and what to install where it is not there, and runs nothing instead', async () => {
    const agents = { kiro: { ...kiro(), binary: 'kiro-cli-that-is-not-there' } }
    const workshop = openWorkshop({ agents })
    const task = await workshop.start('hello', 'kiro')
    const ended = await workshop.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'agent_missing' })
    expect(ended.status === 'failed' && ended.error).toMatch(/install/)
    expect(await workshop.text(task.id)).toBe('')
  })

  it('fails with what to do where nobody is signed in', async () => {
    const workshop = openWorkshop({ agents: { kiro: kiro({ SCENARIO: 'not-signed-in' }) } })
    const task = await workshop.start('hello', 'kiro')
    const ended = await workshop.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'launch_error' })
    expect(ended.status === 'failed' && ended.error).toContain('kiro-cli login')
  })

  it('promise 6: says lost where it was killed in the middle of its answer', async () => {
    const agents = { kiro: kiro({ SCENARIO: 'slow', DELAY_MS: '300', PARTS: '6' }) }
    const workshop = openWorkshop({ agents })
    const task = await workshop.start('hello', 'kiro')
    await workshop.untilText(task.id, 'Gr')
    killProcessesWith(`SPOOLD_TASK_ID=${task.id}`)
    expect(await workshop.untilEnd(task.id)).toMatchObject({ status: 'failed', endReason: 'lost' })
  })
})
