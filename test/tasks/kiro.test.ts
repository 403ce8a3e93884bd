import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AgentSettings } from '../../src/domain/adapter.js'
import { killProcessesWith } from '../helpers/processes.js'
import { openScene } from './scene.js'

const BINARY = join(import.meta.dirname, '..', 'fixtures', 'kiro-cli')
const ANSWER = 'Grüße, 世界! 👩🏽‍💻\n\nzwei Zeilen, und ein Ende.\n'

/** The fake kiro-cli of test/fixtures, which describes its variables. */
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
  it('streams a slow answer in several chunks', async () => {
    const agents = { kiro: kiro({ VERSION: version, SCENARIO: 'slow', DELAY_MS: '40', PARTS: '6' }) }
    const scene = openScene({ agents })
    const task = await scene.start('hello', 'kiro')
    expect(await scene.untilEnd(task.id)).toMatchObject({ status: 'completed', exitCode: 0 })
    expect((await scene.text(task.id)).trim()).toBe(ANSWER.trim())
    const { chunks } = await scene.progress(task.id)
    expect(chunks.filter((chunk) => chunk.kind === 'text').length).toBeGreaterThan(2)
  })

  it('promise 4: finishes an answer that a restart of the daemon interrupted', async () => {
    const agents = { kiro: kiro({ VERSION: version, SCENARIO: 'slow', DELAY_MS: '80', PARTS: '8' }) }
    const scene = openScene({ agents })
    const task = await scene.start('hello', 'kiro')
    await scene.untilText(task.id, 'Gr')
    await scene.restart()
    expect(await scene.untilEnd(task.id)).toMatchObject({ status: 'completed' })
    expect((await scene.text(task.id)).trim()).toBe(ANSWER.trim())
  })

  it('promise 6: fails if it exits with 0 but without an answer', async () => {
    const scene = openScene({ agents: { kiro: kiro({ VERSION: version, SCENARIO: 'empty' }) } })
    const task = await scene.start('hello', 'kiro')
    expect(await scene.untilEnd(task.id)).toMatchObject({ status: 'failed', endReason: 'agent_error' })
  })
})

describe('kiro-cli', () => {
  it('continues the conversation of a session by its id', async () => {
    const scene = openScene()
    await scene.stopDaemon()
    const log = join(scene.directory, 'starts')
    await scene.startDaemon({
      agents: scene.registry({ kiro: kiro({ SESSION: 'conversation-1', LOG: log }) }),
    })
    const first = await scene.start('one', 'kiro')
    await scene.untilEnd(first.id)
    const second = await scene.start('two', 'kiro', { sessionId: first.sessionId })
    expect(await scene.untilEnd(second.id)).toMatchObject({ status: 'completed' })
    const resumed = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter((start) => start.args[0] === 'chat')
      .map((start) => start.resumeId)
    expect(resumed).toEqual([null, 'conversation-1'])
  })

  it('promise 6: fails if the answer belongs to another conversation', async () => {
    const scene = openScene()
    await scene.stopDaemon()
    await scene.startDaemon({ agents: scene.registry({ kiro: kiro({ SESSION: 'conversation-1' }) }) })
    const first = await scene.start('one', 'kiro')
    await scene.untilEnd(first.id)
    await scene.stopDaemon()
    await scene.startDaemon({ agents: scene.registry({ kiro: kiro({ SCENARIO: 'other-session' }) }) })
    const second = await scene.start('two', 'kiro', { sessionId: first.sessionId })
    expect(await scene.untilEnd(second.id)).toMatchObject({ status: 'failed', endReason: 'agent_error' })
  })

  it('fails with agent_missing and the remedy if it is not installed', async () => {
    const agents = { kiro: { ...kiro(), binary: 'kiro-cli-not-installed' } }
    const scene = openScene({ agents })
    const task = await scene.start('hello', 'kiro')
    const ended = await scene.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'agent_missing' })
    expect(ended.status === 'failed' && ended.error).toMatch(/install/)
    expect(await scene.text(task.id)).toBe('')
  })

  it('fails with the remedy if no account is signed in', async () => {
    const scene = openScene({ agents: { kiro: kiro({ SCENARIO: 'not-signed-in' }) } })
    const task = await scene.start('hello', 'kiro')
    const ended = await scene.untilEnd(task.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'launch_error' })
    expect(ended.status === 'failed' && ended.error).toContain('kiro-cli login')
  })

  it('promise 6: is lost if it is killed in the middle of its answer', async () => {
    const agents = { kiro: kiro({ SCENARIO: 'slow', DELAY_MS: '300', PARTS: '6' }) }
    const scene = openScene({ agents })
    const task = await scene.start('hello', 'kiro')
    await scene.untilText(task.id, 'Gr')
    killProcessesWith(`SPOOLD_TASK_ID=${task.id}`)
    expect(await scene.untilEnd(task.id)).toMatchObject({ status: 'failed', endReason: 'lost' })
  })
})
