import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AgentSettings } from '../../src/domain/adapter.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { openScene } from './scene.js'

const BINARY = join(import.meta.dirname, '..', 'fixtures', 'kiro-cli')

function kiro(env: Record<string, string> = {}): AgentSettings {
  return { kind: 'kiro', protocol: 'acp', binary: BINARY, args: ['--trust-tools'], passEnv: [], env }
}

describe('kiro-cli over ACP', () => {
  it('answers, and continues its conversation', async () => {
    const log = join(tempDirectory('kiro'), 'log')
    const env = { FAKE_KIRO_LOG: log, FAKE_KIRO_ACP: JSON.stringify({ load: true }) }
    const scene = openScene({ agents: { kiro: kiro(env) } })
    const first = await scene.start('Grüße 世界', 'kiro')
    expect(await scene.untilEnd(first.id)).toMatchObject({ status: 'completed' })
    expect(await scene.text(first.id)).toBe('Grüße 世界')
    const second = await scene.start('more', 'kiro', { sessionId: first.sessionId })
    expect(await scene.untilEnd(second.id)).toMatchObject({ status: 'completed' })
    expect(await scene.text(second.id)).toBe('more')
    const calls = readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).args)
    expect(calls).toContainEqual(['acp', '--trust-tools'])
  })

  it('is not started if no account is signed in', async () => {
    const scene = openScene({ agents: { kiro: kiro({ FAKE_KIRO_SCENARIO: 'not-signed-in' }) } })
    const { id } = await scene.start('hello', 'kiro')
    expect(await scene.untilEnd(id)).toMatchObject({
      status: 'failed',
      endReason: 'launch_error',
      error: expect.stringContaining('kiro-cli login'),
    })
  })

  it('is reported as an agent of kind kiro', async () => {
    const scene = openScene({ agents: { kiro: kiro() } })
    const report = (await scene.service.agents()).find(({ name }) => name === 'kiro')
    expect(report).toMatchObject({ kind: 'kiro', available: true, version: '2.19.2', signedIn: 'yes' })
  })
})
