import type { AgentAdapter, AgentReport, AgentSettings, Json, Launch, Turn } from '../domain/adapter.js'
import { SpoolError } from '../domain/errors.js'
import { checkArguments, checkNoOption, fitsArgument } from './arguments.js'
import { type AgentVariables, agentEnvironment } from './environment.js'
import { EventDecoder } from './event-decoder.js'
import type { Fields } from './event-fields.js'
import type { HeadlessRun } from './headless-run.js'
import { freshHeadless, headlessStateSchema, isOtherSession } from './headless-state.js'
import { headlessVerdict } from './headless-verdict.js'
import { Preflight, type Program } from './preflight.js'
import { findSignIn, type SignIn } from './sign-in.js'

const PREFLIGHT_LIMIT_MS = 5000

/** What a kind makes a command line of. */
export interface TurnRequest {
  model: string | null
  /** The agent's own id of the conversation to go on with; null for a new one. */
  resume: string | null
  /** All tools may be used without asking; else the agent's own configuration decides. */
  allow: boolean
  /** More arguments, from the settings. */
  args: string[]
}

/** All that is special about an agent that runs one turn by itself and prints one JSON event a line. */
export interface HeadlessKind extends Program {
  readonly kind: string
  /** The agent's name in sentences. */
  readonly title: string
  readonly variables: AgentVariables
  readonly signIn: SignIn
  /** Arguments of a turn, without the message, which is standard input. */
  arguments(request: TurnRequest): string[]
  /** Arguments for a message that can be one, where the program prefers that; they come first. */
  messageArguments?(message: string): string[]
  /** Says to the run what an event means. Whatever the event holds, it does not throw. */
  read(event: Fields, run: HeadlessRun): void
  /** What it mostly means when a run ends without its terminal event and without an error, with the remedy. */
  readonly unfinished?: string
  /** Longest message that the program reads whole. */
  readonly longestMessageBytes?: number
}

/** The adapter of a headless kind; `source` is the environment of which the agent gets an allow-listed part. */
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

function checkMessage({ title, longestMessageBytes }: HeadlessKind, message: string): void {
  if (longestMessageBytes === undefined || Buffer.byteLength(message) <= longestMessageBytes) return
  throw new SpoolError(
    'message_too_large',
    `${title} reads at most ${longestMessageBytes} bytes of a message; put the rest in a file and name it.`,
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

/** A state that cannot be read carries no proof of anything: it counts as the beginning of a run. */
function parseState(state: Json) {
  return headlessStateSchema.catch(freshHeadless(null)).parse(state)
}
