import type { AgentAdapter, AgentReport, AgentSettings, Launch, Turn } from '../../domain/adapter.js'
import { SpoolError } from '../../domain/errors.js'
import type { Json } from '../../domain/json.js'
import { checkArguments, checkNoOption, fitsArgument } from '../program/arguments.js'
import { agentEnvironment } from '../program/environment.js'
import { Preflight } from '../program/preflight.js'
import { findSignIn } from '../program/sign-in.js'
import { EventDecoder } from './decoder.js'
import type { HeadlessKind } from './kind.js'
import { freshHeadless, headlessStateSchema, isOtherSession } from './state.js'
import { headlessVerdict } from './verdict.js'

const PREFLIGHT_LIMIT_MS = 5000

/** The adapter of a headless kind; `source` is the environment from which the agent gets an allow-list. */
export function headlessAdapter(
  kind: HeadlessKind,
  source: NodeJS.ProcessEnv,
  preflightLimitMs = PREFLIGHT_LIMIT_MS,
): AgentAdapter {
  const preflight = new Preflight(preflightLimitMs)
  return {
    kind: kind.kind,
    check: ({ message }) => checkMessage(kind, message),
    prepare: (turn, signal) => prepareHeadless(kind, turn, source, preflight, signal),
    decoder: (state) => new EventDecoder(kind, parseState(state)),
    verdict: (evidence) => headlessVerdict(kind, parseState(evidence.decoderState).run, evidence),
    agentSessionId: (state) => {
      const { run } = parseState(state)
      return isOtherSession(run) ? null : run.session
    },
    report: (settings, signal) => reportHeadless(kind, settings, source, preflight, signal),
  }
}

function checkMessage({ title, maxMessageBytes }: HeadlessKind, message: string): void {
  if (maxMessageBytes === undefined || Buffer.byteLength(message) <= maxMessageBytes) return
  throw new SpoolError(
    'message_too_large',
    `${title} reads at most ${maxMessageBytes} bytes of a message; put the rest into a file and name the file.`,
    { field: 'message' },
  )
}

async function prepareHeadless(
  kind: HeadlessKind,
  turn: Turn,
  source: NodeJS.ProcessEnv,
  preflight: Preflight,
  signal: AbortSignal,
): Promise<Launch> {
  const { settings, message, agentSessionId } = turn
  const model = turn.model ?? settings.model ?? null
  checkNoOption(model, 'model')
  checkNoOption(agentSessionId, 'session_id')
  checkMessage(kind, message)
  const env = agentEnvironment(source, settings, kind.variables)
  const binary = await preflight.binary(kind, settings, env, turn.workingDirectory)
  const signedIn = await findSignIn(kind.signIn, { settings, binary, env }, preflight, signal)
  if (signedIn === 'no') throw new SpoolError('launch_error', signInProblem(kind))
  const request = {
    model,
    resume: agentSessionId,
    allow: turn.permissions === 'allow',
    args: settings.args,
  }
  const asArgument = fitsArgument(message) ? kind.messageArguments?.(message) : undefined
  const given = [...(asArgument ?? []), ...kind.arguments(request)]
  checkArguments(given, 'shorten "args" of the agent.', 'agent')
  return {
    argv: [binary, ...given],
    env,
    input: asArgument === undefined ? { is: 'message', text: message } : { is: 'none' },
    decoderState: { ...freshHeadless(agentSessionId) },
  }
}

function signInProblem({ title, signIn }: HeadlessKind): string {
  return `${title} is not signed in. ${signIn.remedy}`
}

async function reportHeadless(
  kind: HeadlessKind,
  settings: AgentSettings,
  source: NodeJS.ProcessEnv,
  preflight: Preflight,
  signal: AbortSignal,
): Promise<AgentReport> {
  const env = agentEnvironment(source, settings, kind.variables)
  let binary: string | null = null
  let version: string | null = null
  try {
    binary = await preflight.binary(kind, settings, env, '/')
    version = await preflight.version(settings, binary, env, signal)
    const signedIn = await findSignIn(kind.signIn, { settings, binary, env }, preflight, signal)
    const problem = signedIn === 'no' ? signInProblem(kind) : null
    return { available: problem === null, binary, version, signedIn, problem }
  } catch (error) {
    if (!(error instanceof SpoolError)) throw error
    return { available: false, binary, version, signedIn: 'unknown', problem: error.message }
  }
}

/** An unreadable state proves nothing, so it counts as the start of a run. */
function parseState(state: Json) {
  return headlessStateSchema.catch(freshHeadless(null)).parse(state)
}
