import semver from 'semver'
import { z } from 'zod'
import type { AgentAdapter, AgentReport, AgentSettings, Json, Launch, Turn } from '../domain/adapter.js'
import { SpoolError } from '../domain/errors.js'
import { checkArguments, checkNoOption } from './arguments.js'
import { agentEnvironment } from './environment.js'
import { freshKiroEvents, KiroEvents, kiroEventsStateSchema } from './kiro-events.js'
import { KiroPreflight } from './kiro-preflight.js'
import { freshKiroText, KiroText, kiroTextStateSchema } from './kiro-text.js'
import { isOtherSession, kiroVerdict } from './kiro-verdict.js'

/** First version with `--output-format stream-json`, and first with `--resume-id`. */
const STREAM_JSON_SINCE = '2.19.2'
const RESUME_ID_SINCE = '2.2.0'

/** Prompts beyond this are given as standard input, well before an argument gets too long for Linux. */
const LONGEST_ARGUMENT_PROMPT_BYTES = 100 * 1024

const PREFLIGHT_LIMIT_MS = 5000

const VARIABLES = {
  pass: ['KIRO_API_KEY', 'KIRO_HOME', 'KIRO_DISABLE_TELEMETRY'],
  // An update in the middle of a task would take the program from under it.
  set: { KIRO_NO_AUTO_UPDATE: '1' },
}

const stateSchema = z.discriminatedUnion('mode', [kiroEventsStateSchema, kiroTextStateSchema])

/**
 * Kind `kiro`: `kiro-cli chat` without interaction. With stream-json events where the version has them, else with
 * cleaned text, which tells no session id, so that such a conversation cannot be gone on with.
 */
export function kiroAdapter(source: NodeJS.ProcessEnv, preflightLimitMs = PREFLIGHT_LIMIT_MS): AgentAdapter {
  const preflight = new KiroPreflight(preflightLimitMs)
  return {
    kind: 'kiro',
    // What does not fit an argument is given as standard input.
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
  preflight: KiroPreflight,
  signal: AbortSignal,
): Promise<Launch> {
  const { settings, message, agentSessionId } = turn
  const model = turn.model ?? settings.model
  checkNoOption(model, 'model')
  checkNoOption(agentSessionId, 'session_id')
  const env = agentEnvironment(source, settings, VARIABLES)
  const binary = await preflight.binary(settings, env, turn.workingDirectory)
  const version = await preflight.version(settings, binary, env, signal)
  if (agentSessionId !== null && !hasFeature(version, RESUME_ID_SINCE)) {
    throw new SpoolError(
      'launch_error',
      `kiro-cli ${version ?? 'of unknown version'} cannot resume a conversation by its id; update it to ${RESUME_ID_SINCE} or later, or start a new session.`,
    )
  }
  const problem = await preflight.signInProblem(binary, env, signal)
  if (problem !== null) throw new SpoolError('launch_error', problem)

  const hasEvents = hasFeature(version, STREAM_JSON_SINCE)
  const options = [
    'chat',
    '--no-interactive',
    ...(hasEvents ? ['--agent-engine', 'v2', '--output-format', 'stream-json'] : []),
    '--trust-all-tools',
    ...(model === undefined ? [] : ['--model', model]),
    ...(agentSessionId === null ? [] : ['--resume-id', agentSessionId]),
    ...settings.args,
  ]
  checkArguments(options, 'shorten "args" of the agent.', 'agent')
  const byInput = needsInput(message)
  return {
    argv: [binary, ...options, ...(byInput ? [] : [message])],
    env,
    input: byInput ? { is: 'message', text: message } : { is: 'none' },
    decoderState: hasEvents ? { ...freshKiroEvents(agentSessionId) } : { ...freshKiroText() },
  }
}

/** Without a prompt among its arguments, kiro-cli reads it from standard input. */
function needsInput(message: string): boolean {
  return (
    message.startsWith('-') ||
    message.includes('\0') ||
    Buffer.byteLength(message) > LONGEST_ARGUMENT_PROMPT_BYTES
  )
}

/** An unknown version gets what the oldest can do. */
function hasFeature(version: string | null, since: string): boolean {
  return version !== null && semver.gte(version, since)
}

/** A state that cannot be read carries no proof of anything: it counts as the beginning of a run. */
function parseState(state: Json) {
  return stateSchema.catch(freshKiroEvents(null)).parse(state)
}

async function reportKiro(
  settings: AgentSettings,
  source: NodeJS.ProcessEnv,
  preflight: KiroPreflight,
  signal: AbortSignal,
): Promise<AgentReport> {
  const env = agentEnvironment(source, settings, VARIABLES)
  const report: AgentReport = {
    available: false,
    binary: null,
    version: null,
    signedIn: 'unknown',
    problem: null,
  }
  try {
    report.binary = await preflight.binary(settings, env, '/')
    report.version = await preflight.version(settings, report.binary, env, signal)
    report.problem = await preflight.signInProblem(report.binary, env, signal)
    report.signedIn = env.KIRO_API_KEY ? 'not_needed' : report.problem === null ? 'yes' : 'no'
    report.available = report.problem === null
  } catch (error) {
    if (!(error instanceof SpoolError)) throw error
    report.problem = error.message
  }
  return report
}
