import type { AgentAdapter, AgentReport, AgentSettings, Evidence, Launch, Turn } from '../domain/adapter.js'
import { SpoolError } from '../domain/errors.js'
import type { Json } from '../domain/json.js'
import { initializeLine } from './acp/handshake.js'
import { type AcpTurnState, acpTurnStateSchema, freshAcpTurn } from './acp/state.js'
import { AcpTurn } from './acp/turn.js'
import { acpVerdict } from './acp/verdict.js'
import { checkArguments } from './program/arguments.js'
import { agentEnvironment } from './program/environment.js'
import { findProgram, missingProgram } from './program/find-program.js'

/**
 * Kind `acp`: any agent that speaks the Agent Client Protocol on its standard streams. `argv` is the whole command
 * line, `args` are appended, and `binary` replaces the program in argv[0].
 */
export function acpAdapter(source: NodeJS.ProcessEnv): AgentAdapter {
  return {
    kind: 'acp',
    check: ({ settings }) => checkArguments(argumentsOf(settings), 'shorten "argv" of the agent.', 'agent'),
    prepare: (turn) => prepareAcp(turn, source),
    ...acpConversation,
    report: (settings) => reportAcp(settings, source),
  }
}

/** The parts that all adapters for ACP agents share. */
export const acpConversation = {
  decoder: (state: Json) => new AcpTurn(parseState(state)),
  verdict: (evidence: Evidence) => acpVerdict(parseState(evidence.decoderState), evidence),
  agentSessionId: (state: Json) => parseState(state).session,
}

/** The initial decoder state of a turn over ACP. */
export function beginAcp(turn: Turn): AcpTurnState {
  const { settings, model, workingDirectory, permissions, agentSessionId } = turn
  const order = {
    workingDirectory,
    model: model ?? settings.model ?? null,
    authMethod: settings.authMethod ?? null,
    permissions,
    resume: agentSessionId,
  }
  return freshAcpTurn(order, initializeLine())
}

async function prepareAcp(turn: Turn, source: NodeJS.ProcessEnv): Promise<Launch> {
  const { settings, workingDirectory } = turn
  const name = programName(settings)
  const env = agentEnvironment(source, settings)
  const binary = await findProgram(name, env, workingDirectory)
  if (binary === null) throw new SpoolError('agent_missing', missingProgram(name))
  return {
    argv: [binary, ...argumentsOf(settings)],
    env,
    input: { is: 'dialogue' },
    decoderState: { ...beginAcp(turn) },
  }
}

/** The sign-in state is known only during a conversation. */
async function reportAcp(settings: AgentSettings, source: NodeJS.ProcessEnv): Promise<AgentReport> {
  const name = programName(settings)
  const binary = await findProgram(name, agentEnvironment(source, settings), '/')
  const isRelative = name.includes('/') && !name.startsWith('/')
  const problem = binary === null && !isRelative ? missingProgram(name) : null
  return { available: problem === null, binary, version: null, signedIn: 'unknown', problem }
}

function programName(settings: AgentSettings): string {
  return settings.binary ?? settings.argv?.[0] ?? ''
}

function argumentsOf(settings: AgentSettings): string[] {
  return [...(settings.argv ?? []).slice(1), ...settings.args]
}

/** An unreadable state proves nothing, so it counts as a turn without output. */
function parseState(state: Json): AcpTurnState {
  const parsed = acpTurnStateSchema.safeParse(state)
  if (parsed.success) return parsed.data
  const order = {
    workingDirectory: '/',
    model: null,
    authMethod: null,
    permissions: 'deny',
    resume: null,
  } as const
  const unread = freshAcpTurn(order, '')
  return { ...unread, outbox: [], step: 'over', error: 'The saved state of the conversation cannot be read.' }
}
