import type { AgentAdapter, Launch, Turn } from '../domain/adapter.js'
import { SpoolError } from '../domain/errors.js'
import { acpConversation, beginAcp } from './acp.js'
import { KIRO_PROGRAM, KIRO_VARIABLES, kiroSignInProblem } from './kiro/preflight.js'
import { reportKiro } from './kiro.js'
import { checkArguments } from './program/arguments.js'
import { agentEnvironment } from './program/environment.js'
import { Preflight } from './program/preflight.js'

const PREFLIGHT_LIMIT_MS = 5000

/**
 * Kind `kiro` with `"protocol": "acp"`: `kiro-cli acp` (https://kiro.dev/docs/cli/acp). The conversation is the same as
 * with any ACP agent; the checks before it are those of kiro-cli.
 */
export function kiroAcpAdapter(
  source: NodeJS.ProcessEnv,
  preflightLimitMs = PREFLIGHT_LIMIT_MS,
): AgentAdapter {
  const preflight = new Preflight(preflightLimitMs)
  return {
    kind: 'kiro-acp',
    check: ({ settings }) => checkArguments(settings.args, 'shorten "args" of the agent.', 'agent'),
    prepare: (turn, signal) => prepareKiroAcp(turn, source, preflight, signal),
    ...acpConversation,
    report: (settings, signal) => reportKiro(settings, source, preflight, signal),
  }
}

async function prepareKiroAcp(
  turn: Turn,
  source: NodeJS.ProcessEnv,
  preflight: Preflight,
  signal: AbortSignal,
): Promise<Launch> {
  const { settings } = turn
  const env = agentEnvironment(source, settings, KIRO_VARIABLES)
  const binary = await preflight.binary(KIRO_PROGRAM, settings, env, turn.workingDirectory)
  const problem = await kiroSignInProblem(preflight, { settings, binary, env }, signal)
  if (problem !== null) throw new SpoolError('launch_error', problem)
  return {
    argv: [binary, 'acp', ...settings.args],
    env,
    input: { is: 'dialogue' },
    decoderState: { ...beginAcp(turn) },
  }
}
