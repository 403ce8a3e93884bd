import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ModuleEvent } from '../../src/agents/module/events.js'
import { moduleAdapter } from '../../src/agents/module.js'
import type { AgentSettings, Turn } from '../../src/domain/adapter.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { agentSettings, runTurn, turnOf } from './launch.js'

/** An agent whose module is this source, for as long as the test runs. */
export function moduleAgent(source: string, settings: Partial<AgentSettings> = {}): AgentSettings {
  const module = join(tempDirectory('module'), 'agent é.mjs')
  writeFileSync(module, source)
  return agentSettings({ kind: 'module', module, ...settings })
}

/** One turn of it, as a real process. */
export function runModule(source: string, turn: Partial<Turn> = {}, settings: Partial<AgentSettings> = {}) {
  return runTurn(moduleAdapter(process.env), turnOf(moduleAgent(source, settings), turn))
}

/** What the module runner writes for these events. */
export function eventBytes(...events: ModuleEvent[]): Buffer {
  return Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
}
