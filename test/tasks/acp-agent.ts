import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AgentSettings } from '../../src/domain/adapter.js'
import { tempDirectory } from '../helpers/temp-state.js'

const PROGRAM = fileURLToPath(new URL('../fixtures/acp-agent.mjs', import.meta.url))

/** The agent of test/fixtures/acp-agent.mjs, and what it was told. */
export function acpAgent(options: object = {}, over: Partial<AgentSettings> = {}) {
  const log = join(tempDirectory('acp'), 'log')
  const argv = [process.execPath, PROGRAM, JSON.stringify({ log, ...options })]
  const settings: AgentSettings = { kind: 'acp', argv, args: [], env: {}, passEnv: [], ...over }
  return {
    settings,
    /** Requests and notifications that arrived, in order. */
    told: (): { method: string; params: Record<string, unknown> }[] =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line))
        : [],
    methods(): string[] {
      return this.told().map(({ method }) => method)
    },
  }
}

/** A prompt that the fake agent takes for its steps. */
export function steps(...list: object[]): string {
  return JSON.stringify(list)
}
