import { basename } from 'node:path'
import type { AgentAdapter, AgentReport, AgentSettings, UnconfiguredAgent } from '../domain/adapter.js'

/** An agent program that people are likely to have, as it would stand in the config file. */
export interface KnownAgent {
  name: string
  config: { kind: string; argv?: [string, ...string[]]; passEnv?: string[] }
  /** The same with defaults; one object for ever, because what is known of a program is kept by it. */
  settings: AgentSettings
  /** For a program of which the adapter cannot say it: how to get it, as the middle of a sentence. */
  install?: string
}

/** The first that is found is the default agent where nothing else is said. */
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

/** Kind `acp` knows nothing of the agent: the variables with its keys have to be named. */
function speakingAcp(
  name: string,
  argv: [string, ...string[]],
  passEnv: string[],
  npmPackage: string,
): KnownAgent {
  const config = { kind: 'acp', argv, passEnv }
  return { name, config, settings: { ...config, args: [], env: {} }, install: `npm install -g ${npmPackage}` }
}

/** The known agents that are not among these, neither by their program nor by their name. */
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

/** How a known agent that is not configured is told of; `adapter` is that of its kind. */
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
    return `${config.argv?.[0]} is not on the daemon's PATH; install it: ${install}. Then configure it: spoold init.`
  }
  if (!found.available)
    return `${found.problem ?? 'It cannot be used.'} It is not configured either: spoold init.`
  const line = `"${name}": ${JSON.stringify(config)}`
  return `It is installed, but not configured: spoold init, or add ${line} to "agents" of the config file; then spoold restart.`
}
