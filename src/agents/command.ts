import type {
  AgentAdapter,
  AgentReport,
  AgentSettings,
  Evidence,
  Input,
  Launch,
  Turn,
  Verdict,
} from '../domain/adapter.js'
import { SpoolError } from '../domain/errors.js'
import { FRESH_TEXT, textDecoder } from './output/text-decoder.js'
import { checkArguments } from './program/arguments.js'
import { agentEnvironment } from './program/environment.js'
import { findProgram, missingProgram } from './program/find-program.js'
import { describeExit, withReason } from './program/process-end.js'

/**
 * Kind `command`: any configured argv. `{message}` and `{session_id}` are replaced inside single arguments; with
 * `"input": "stdin"` the message is standard input. If neither is used, the message is not passed.
 * `args` are appended to `argv`; `binary` replaces the program in argv[0].
 */
export function commandAdapter(source: NodeJS.ProcessEnv): AgentAdapter {
  return {
    kind: 'command',
    check: (request) => void commandArguments({ ...request, sessionId: '' }),
    prepare: (turn) => prepareCommand(turn, source),
    decoder: textDecoder,
    verdict: exitVerdict,
    agentSessionId: () => null,
    report: (settings) => reportCommand(settings, source),
  }
}

/** Kind `exec`: the command line of `spoold exec`, which only the operator can use. */
export function execAdapter(source: NodeJS.ProcessEnv): AgentAdapter {
  return {
    kind: 'exec',
    check: (request) => void execArguments(request),
    prepare: (turn) => prepareExec(turn, source),
    decoder: textDecoder,
    verdict: exitVerdict,
    agentSessionId: () => null,
    report: async () => ({
      available: true,
      binary: null,
      version: null,
      signedIn: 'not_needed',
      problem: null,
    }),
  }
}

async function prepareCommand(turn: Turn, source: NodeJS.ProcessEnv): Promise<Launch> {
  const { settings, message } = turn
  const name = programName(settings)
  const env = agentEnvironment(source, settings)
  const given = commandArguments(turn)
  const binary = await findProgram(name, env, turn.workingDirectory)
  if (binary === null) throw new SpoolError('agent_missing', missingProgram(name))
  const input: Input = settings.input === 'stdin' ? { is: 'message', text: message } : { is: 'none' }
  return { argv: [binary, ...given], env, input, decoderState: FRESH_TEXT }
}

/** The arguments after the program name, with the placeholders replaced. */
function commandArguments(turn: Pick<Turn, 'message' | 'settings' | 'sessionId'>): string[] {
  const { settings, message, sessionId } = turn
  const template = [...(settings.argv ?? []).slice(1), ...settings.args]
  const values: Record<string, string> = { message, session_id: sessionId }
  // One pass over each argument, so placeholders in the message are not replaced.
  const given = template.map((argument) =>
    argument.replace(/\{(message|session_id)\}/g, (_, word: string) => values[word] as string),
  )
  checkArguments(
    given,
    'set "input": "stdin" for this agent to pass the message as standard input.',
    'message',
  )
  const place = template.findIndex((argument) => argument.startsWith('{message}'))
  if (place >= 0 && message.startsWith('-') && !template.slice(0, place).includes('--')) {
    throw new SpoolError(
      'invalid_input',
      'This message starts with "-", which the agent would read as an option: start it with another character, ' +
        'or configure the agent with "--" before "{message}" or with "input": "stdin".',
      { field: 'message' },
    )
  }
  return given
}

async function prepareExec(turn: Turn, source: NodeJS.ProcessEnv): Promise<Launch> {
  const [name, ...given] = execArguments(turn)
  const env = agentEnvironment(source, turn.settings)
  const binary = await findProgram(name, env, turn.workingDirectory)
  if (binary === null) throw new SpoolError('launch_error', missingProgram(name))
  return { argv: [binary, ...given], env, input: { is: 'none' }, decoderState: FRESH_TEXT }
}

function execArguments({ argv }: Pick<Turn, 'argv'>): [string, ...string[]] {
  const [name, ...given] = argv ?? []
  if (name === undefined || name === '') {
    throw new SpoolError('invalid_input', 'There is no command to run; give one after --.', { field: 'argv' })
  }
  checkArguments([name, ...given], 'pass it in a file.', 'argv')
  return [name, ...given]
}

/** A command is judged by its exit code only. */
export function exitVerdict({ exitCode, stderrTail }: Evidence): Verdict {
  if (exitCode === 0) return { status: 'completed' }
  return { status: 'failed', endReason: 'exit', error: withReason(describeExit(exitCode), stderrTail) }
}

async function reportCommand(settings: AgentSettings, source: NodeJS.ProcessEnv): Promise<AgentReport> {
  const name = programName(settings)
  const env = agentEnvironment(source, settings)
  const binary = await findProgram(name, env, '/')
  // A relative path depends on the working directory of each task, so it cannot be checked here.
  const isRelative = name.includes('/') && !name.startsWith('/')
  const problem = binary === null && !isRelative ? missingProgram(name) : null
  return { available: problem === null, binary, version: null, signedIn: 'not_needed', problem }
}

function programName(settings: AgentSettings): string {
  return settings.binary ?? settings.argv?.[0] ?? ''
}
