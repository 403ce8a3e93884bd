import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentSettings } from '../../src/domain/adapter.js'
import { BUNDLES } from '../helpers/build.js'
import { tempDirectory } from '../helpers/temp-state.js'

/** The agent of test/fixtures/acp-agent.mjs, and the messages it received. */
export function acpAgent(options: object = {}, over: Partial<AgentSettings> = {}) {
  const log = join(tempDirectory('acp'), 'log')
  const argv = [process.execPath, BUNDLES.acpAgent, JSON.stringify({ log, ...options })]
  const settings: AgentSettings = { kind: 'acp', argv, args: [], env: {}, passEnv: [], ...over }
  return {
    settings,
    /** Requests and notifications, in order of arrival. */
    received: (): { method: string; params: Record<string, unknown> }[] =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line))
        : [],
    methods(): string[] {
      return this.received().map(({ method }) => method)
    },
  }
}

/** A prompt that lists the steps of the fake agent. */
export function steps(...list: object[]): string {
  return JSON.stringify(list)
}
