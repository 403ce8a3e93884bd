import semver from 'semver'
import { z } from 'zod'
import type { AgentAdapter, AgentReport, AgentSettings, Launch, Turn } from '../domain/adapter.js'
import { SpoolError } from '../domain/errors.js'
import type { Json } from '../domain/json.js'
import { freshKiroEvents, KiroEvents, kiroEventsStateSchema } from './kiro/events.js'
import { KIRO_PROGRAM, KIRO_VARIABLES, kiroSignInProblem } from './kiro/preflight.js'
import { freshKiroText, KiroText, kiroTextStateSchema } from './kiro/text.js'
import { isOtherSession, kiroVerdict } from './kiro/verdict.js'
import { checkArguments, checkNoOption, fitsArgument } from './program/arguments.js'
import { agentEnvironment } from './program/environment.js'
import { Preflight } from './program/preflight.js'

/** First version with `--output-format stream-json`, and first with `--resume-id`. */
const STREAM_JSON_SINCE = '2.19.2'
const RESUME_ID_SINCE = '2.2.0'

const PREFLIGHT_LIMIT_MS = 5000

const stateSchema = z.discriminatedUnion('mode', [kiroEventsStateSchema, kiroTextStateSchema])

/**
 * Kind `kiro`: `kiro-cli chat` without interaction. Uses stream-json events if the version has them, otherwise
 * cleaned text, which has no session id, so such a conversation cannot be continued.
 */
export function kiroAdapter(source: NodeJS.ProcessEnv, preflightLimitMs = PREFLIGHT_LIMIT_MS): AgentAdapter {
  const preflight = new Preflight(preflightLimitMs)
  return {
    kind: 'kiro',
    // A message that is too long for an argument is passed as standard input.
    check: () => {},
    prepare: (turn, signal) => prepareKiro(turn, source, preflight, signal),
    decoder: (state) => {
      const saved = parseState(state)
      return saved.mode === 'events' ? new KiroEvents(saved) : new KiroText(saved)
    },
    verdict: ({ exitCode, decoderState, stderrTail }) =>
      kiroVerdict(parseState(decoderState), exitCode, stderrTail),
    agentSessionId: (state) => {
      const saved = parseState(state)
      return saved.mode === 'events' && !isOtherSession(saved) ? saved.session : null
    },
    report: (settings, signal) => reportKiro(settings, source, preflight, signal),
  }
}

async function prepareKiro(
  turn: Turn,
  source: NodeJS.ProcessEnv,
  preflight: Preflight,
  signal: AbortSignal,
): Promise<Launch> {
  const { settings, message, agentSessionId } = turn
  const model = turn.model ?? settings.model
  checkNoOption(model, 'model')
  checkNoOption(agentSessionId, 'session_id')
  const env = agentEnvironment(source, settings, KIRO_VARIABLES)
  const binary = await preflight.binary(KIRO_PROGRAM, settings, env, turn.workingDirectory)
  const version = await preflight.version(settings, binary, env, signal)
  if (agentSessionId !== null && !hasFeature(version, RESUME_ID_SINCE)) {
    throw new SpoolError(
      'launch_error',
      `kiro-cli ${version ?? 'of unknown version'} cannot resume a conversation by its id; update it to ${RESUME_ID_SINCE} or later, or start a new session.`,
    )
  }
  const problem = await kiroSignInProblem(preflight, { settings, binary, env }, signal)
  if (problem !== null) throw new SpoolError('launch_error', problem)

  const hasEvents = hasFeature(version, STREAM_JSON_SINCE)
  const options = [
    'chat',
    '--no-interactive',
    ...(hasEvents ? ['--agent-engine', 'v2', '--output-format', 'stream-json'] : []),
    ...(settings.permissions === 'deny' ? [] : ['--trust-all-tools']),
    ...(model === undefined ? [] : ['--model', model]),
    ...(agentSessionId === null ? [] : ['--resume-id', agentSessionId]),
    ...settings.args,
  ]
  checkArguments(options, 'shorten "args" of the agent.', 'agent')
  // Without a prompt among its arguments, kiro-cli reads it from standard input.
  const byInput = !fitsArgument(message)
  return {
    argv: [binary, ...options, ...(byInput ? [] : [message])],
    env,
    input: byInput ? { is: 'message', text: message } : { is: 'none' },
    decoderState: hasEvents ? { ...freshKiroEvents(agentSessionId) } : { ...freshKiroText() },
  }
}

/** An unknown version is treated as the oldest. */
function hasFeature(version: string | null, since: string): boolean {
  return version !== null && semver.gte(version, since)
}

/** An unreadable state proves nothing, so it counts as the start of a run. */
function parseState(state: Json) {
  return stateSchema.catch(freshKiroEvents(null)).parse(state)
}

/** Whether kiro-cli is usable, with either protocol. */
export async function reportKiro(
  settings: AgentSettings,
  source: NodeJS.ProcessEnv,
  preflight: Preflight,
  signal: AbortSignal,
): Promise<AgentReport> {
  const env = agentEnvironment(source, settings, KIRO_VARIABLES)
  const report: AgentReport = {
    available: false,
    binary: null,
    version: null,
    signedIn: 'unknown',
    problem: null,
  }
  try {
    report.binary = await preflight.binary(KIRO_PROGRAM, settings, env, '/')
    report.version = await preflight.version(settings, report.binary, env, signal)
    const installed = { settings, binary: report.binary, env }
    report.problem = await kiroSignInProblem(preflight, installed, signal)
    report.signedIn = env.KIRO_API_KEY ? 'not_needed' : report.problem === null ? 'yes' : 'no'
    report.available = report.problem === null
  } catch (error) {
    if (!(error instanceof SpoolError)) throw error
    report.problem = error.message
  }
  return report
}
