import { basename } from 'node:path'
import type { AgentAdapter, AgentReport, AgentSettings, UnconfiguredAgent } from '../domain/adapter.js'

/** A common agent program, with its entry for the config file. */
export interface KnownAgent {
  name: string
  config: { kind: string; argv?: [string, ...string[]]; passEnv?: string[] }
  /** The same with defaults. Always the same object, because it is a cache key (program/preflight.ts). */
  settings: AgentSettings
  /** How to install it, as part of a sentence, if the adapter does not know. */
  install?: string
}

/** In order of preference for the default agent. */
export const KNOWN_AGENTS: readonly KnownAgent[] = [
  headless('kiro'),
  headless('claude'),
  headless('codex'),
  headless('gemini'),
  headless('opencode'),
  headless('copilot'),
  speakingAcp(
    'claude-acp',
    ['claude-agent-acp'],
    ['ANTHROPIC_API_KEY'],
    '@agentclientprotocol/claude-agent-acp',
  ),
  speakingAcp(
    'codex-acp',
    ['codex-acp'],
    ['CODEX_API_KEY', 'OPENAI_API_KEY'],
    '@agentclientprotocol/codex-acp',
  ),
  speakingAcp('gemini-acp', ['gemini', '--acp'], ['GEMINI_API_KEY'], '@google/gemini-cli'),
  speakingAcp('opencode-acp', ['opencode', 'acp'], ['OPENCODE_API_KEY'], 'opencode-ai'),
  speakingAcp(
    'copilot-acp',
    ['copilot', '--acp', '--stdio'],
    ['COPILOT_GITHUB_TOKEN', 'GH_TOKEN'],
    '@github/copilot',
  ),
]

function headless(kind: string): KnownAgent {
  return { name: kind, config: { kind }, settings: { kind, args: [], env: {}, passEnv: [] } }
}

/** Kind `acp` does not know the agent, so the variables with its keys are listed. */
function speakingAcp(
  name: string,
  argv: [string, ...string[]],
  passEnv: string[],
  npmPackage: string,
): KnownAgent {
  const config = { kind: 'acp', argv, passEnv }
  return { name, config, settings: { ...config, args: [], env: {} }, install: `npm install -g ${npmPackage}` }
}

/** The known agents that are not configured, neither by program nor by name. */
export function notAmong(agents: Readonly<Record<string, AgentSettings>>): KnownAgent[] {
  const configured = Object.values(agents)
  return KNOWN_AGENTS.filter(
    ({ name, settings }) =>
      !Object.hasOwn(agents, name) && !configured.some((agent) => isSame(agent, settings)),
  )
}

function isSame(one: AgentSettings, other: AgentSettings): boolean {
  return one.kind === other.kind && (one.kind !== 'acp' || programOf(one) === programOf(other))
}

function programOf(settings: AgentSettings): string {
  return basename(settings.binary ?? settings.argv?.[0] ?? '')
}

/** The report of a known agent that is not configured; `adapter` is that of its kind. */
export function unconfigured(known: KnownAgent, adapter: AgentAdapter): UnconfiguredAgent {
  const { name, settings } = known
  return {
    name,
    kind: settings.kind,
    async report(signal) {
      const found = await adapter.report(settings, signal)
      return { ...found, available: false, problem: whatToDo(known, found) }
    },
  }
}

function whatToDo({ name, config, install }: KnownAgent, found: AgentReport): string {
  if (found.binary === null && install !== undefined) {
    return `${config.argv?.[0]} is not on the daemon's PATH; install it (${install}), then configure it with spoold init.`
  }
  if (!found.available)
    return `${found.problem ?? 'It is not usable.'} It is not configured either: run spoold init.`
  const line = `"${name}": ${JSON.stringify(config)}`
  return `It is installed but not configured: run spoold init, or add ${line} to "agents" in the config file, then spoold restart.`
}
