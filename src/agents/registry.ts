import { type AgentAdapter, type AgentRegistry, type AgentSettings, EXEC_AGENT } from '../domain/adapter.js'
import { SpoolError } from '../domain/errors.js'
import { acpAdapter } from './acp.js'
import { commandAdapter, execAdapter } from './command.js'
import { kiroAdapter } from './kiro.js'

export interface AgentRegistryOptions {
  /** The environment of which agents get an allow-listed part; that of this process by default. */
  environment?: NodeJS.ProcessEnv
}

/** One line per kind. */
const KINDS: Readonly<Record<string, (environment: NodeJS.ProcessEnv) => AgentAdapter>> = {
  acp: acpAdapter,
  command: commandAdapter,
  exec: execAdapter,
  kiro: kiroAdapter,
}

/**
 * Gives each configured agent the adapter of its kind. EXEC_AGENT is always there, is not among the names, and no
 * configured one may be called so. Throws `config_invalid` for an unknown kind or a taken name.
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
    concurrencyOf: (name) => configured.get(name)?.concurrency ?? Number.POSITIVE_INFINITY,
    find(name) {
      const settings = name === EXEC_AGENT ? exec : configured.get(name)
      if (settings !== undefined) return { settings, adapter: adapterOf(settings.kind) }
      const names = [...configured.keys()].join(', ') || 'none'
      const sentence = `There is no agent ${JSON.stringify(name)}; configured are: ${names}.`
      throw new SpoolError('agent_unknown', sentence, { field: 'agent' })
    },
  }
}

function checkConfigured(name: string, kind: string, adapters: ReadonlyMap<string, AgentAdapter>): void {
  if (name === EXEC_AGENT) {
    const sentence = `No agent can be called "${EXEC_AGENT}": that is the one of \`spoold exec\`. Give it another name.`
    throw new SpoolError('config_invalid', sentence, { field: `agents.${name}` })
  }
  if (kind === EXEC_AGENT || !adapters.has(kind)) {
    const kinds = [...adapters.keys()].filter((known) => known !== EXEC_AGENT).join(', ')
    const sentence = `Agent "${name}" has the unknown kind "${kind}"; known are: ${kinds}.`
    throw new SpoolError('config_invalid', sentence, { field: `agents.${name}.kind` })
  }
}
