import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AgentSettings } from '../../src/domain/adapter.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { openWorkshop } from './scene.js'

const BINARY = join(import.meta.dirname, '..', 'fixtures', 'kiro-cli')

function kiro(env: Record<string, string> = {}): AgentSettings {
  return { kind: 'kiro', protocol: 'acp', binary: BINARY, args: ['--trust-tools'], passEnv: [], env }
}

describe('kiro-cli over ACP', () => {
  it('answers, and goes on with its conversation', async () => {
    const log = join(tempDirectory('kiro'), 'log')
    const env = { FAKE_KIRO_LOG: log, FAKE_KIRO_ACP: JSON.stringify({ load: true }) }
    const workshop = openWorkshop({ agents: { kiro: kiro(env) } })
    const first = await workshop.start('Grüße 世界', 'kiro')
    expect(await workshop.untilEnd(first.id)).toMatchObject({ status: 'completed' })
    expect(await workshop.text(first.id)).toBe('Grüße 世界')
    const second = await workshop.start('more', 'kiro', { sessionId: first.sessionId })
    expect(await workshop.untilEnd(second.id)).toMatchObject({ status: 'completed' })
    expect(await workshop.text(second.id)).toBe('more')
    const calls = readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).args)
    expect(calls).toContainEqual(['acp', '--trust-tools'])
  })

  it('is not started where nobody is signed in', async () => {
    const workshop = openWorkshop({ agents: { kiro: kiro({ FAKE_KIRO_SCENARIO: 'not-signed-in' }) } })
    const { id } = await workshop.start('hello', 'kiro')
    expect(await workshop.untilEnd(id)).toMatchObject({
      status: 'failed',
      endReason: 'launch_error',
      error: expect.stringContaining('kiro-cli login'),
    })
  })

  it('is reported as an agent of kind kiro', async () => {
    const workshop = openWorkshop({ agents: { kiro: kiro() } })
    const report = (await workshop.service.agents()).find(({ name }) => name === 'kiro')
    expect(report).toMatchObject({ kind: 'kiro', available: true, version: '2.19.2', signedIn: 'yes' })
  })
})
