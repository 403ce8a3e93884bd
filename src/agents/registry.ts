import { type AgentAdapter, type AgentRegistry, type AgentSettings, EXEC_AGENT } from '../domain/adapter.js'
import { SpoolError } from '../domain/errors.js'
import { nearest } from '../domain/nearest.js'
import { acpAdapter } from './acp.js'
import { claudeAdapter } from './claude.js'
import { codexAdapter } from './codex.js'
import { commandAdapter, execAdapter } from './command.js'
import { copilotAdapter } from './copilot.js'
import { geminiAdapter } from './gemini.js'
import { kiroAdapter } from './kiro.js'
import { kiroAcpAdapter } from './kiro-acp.js'
import { notAmong, unconfigured } from './known.js'
import { moduleAdapter } from './module.js'
import { opencodeAdapter } from './opencode.js'

export interface AgentRegistryOptions {
  /** The environment from which agents get an allow-list; default: that of this process. */
  environment?: NodeJS.ProcessEnv
}

/** The kinds that cannot be configured. */
const KIRO_ACP = 'kiro-acp'
const INNER_KINDS: readonly string[] = [EXEC_AGENT, KIRO_ACP]

/** One line per kind. */
const KINDS: Readonly<Record<string, (environment: NodeJS.ProcessEnv) => AgentAdapter>> = {
  acp: acpAdapter,
  claude: claudeAdapter,
  codex: codexAdapter,
  copilot: copilotAdapter,
  command: commandAdapter,
  exec: execAdapter,
  gemini: geminiAdapter,
  kiro: kiroAdapter,
  [KIRO_ACP]: kiroAcpAdapter,
  module: moduleAdapter,
  opencode: opencodeAdapter,
}

/**
 * Creates the registry: each configured agent with the adapter of its kind. EXEC_AGENT always exists and is not among the
 * names. Throws `config_invalid` for an unknown kind, and for an agent with the name of EXEC_AGENT.
 */
export function createAgentRegistry(
  agents: Record<string, AgentSettings>,
  options: AgentRegistryOptions = {},
): AgentRegistry {
  const environment = options.environment ?? process.env
  const adapters = new Map(Object.entries(KINDS).map(([kind, create]) => [kind, create(environment)]))
  for (const [name, { kind }] of Object.entries(agents)) checkConfigured(name, kind, adapters)
  const configured = new Map(Object.entries(agents))
  const exec: AgentSettings = { kind: EXEC_AGENT, args: [], env: {}, passEnv: [] }

  function adapterOf(kind: string): AgentAdapter {
    const adapter = adapters.get(kind)
    if (adapter === undefined) throw new SpoolError('agent_unknown', `There is no agent kind "${kind}".`)
    return adapter
  }

  return {
    adapterOf,
    names: () => [...configured.keys()],
    unconfigured: () => notAmong(agents).map((known) => unconfigured(known, adapterOf(known.settings.kind))),
    concurrencyOf: (name) => configured.get(name)?.concurrency ?? Number.POSITIVE_INFINITY,
    find(name) {
      const settings = name === EXEC_AGENT ? exec : configured.get(name)
      if (settings !== undefined) return { settings, adapter: adapterOf(adapterKind(settings)) }
      const names = [...configured.keys()]
      const meant = nearest(name, names)
      const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`
      const sentence = `There is no agent ${JSON.stringify(name)}${hint}; configured agents: ${names.join(', ') || 'none'}.`
      throw new SpoolError('agent_unknown', sentence, { field: 'agent' })
    },
  }
}

/** The adapter for these settings: kiro-cli has one for ACP and one for its chat. */
function adapterKind({ kind, protocol }: AgentSettings): string {
  return kind === 'kiro' && protocol === 'acp' ? KIRO_ACP : kind
}

function checkConfigured(name: string, kind: string, adapters: ReadonlyMap<string, AgentAdapter>): void {
  if (name === EXEC_AGENT) {
    const sentence = `The agent name "${EXEC_AGENT}" is reserved for \`spoold exec\`: use another name.`
    throw new SpoolError('config_invalid', sentence, { field: `agents.${name}` })
  }
  if (INNER_KINDS.includes(kind) || !adapters.has(kind)) {
    const kinds = [...adapters.keys()].filter((known) => !INNER_KINDS.includes(known)).join(', ')
    const sentence = `Agent "${name}" has the unknown kind "${kind}"; known kinds: ${kinds}.`
    throw new SpoolError('config_invalid', sentence, { field: `agents.${name}.kind` })
  }
}
