import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { isAbsolute } from 'node:path'
import type { AgentAdapter, AgentReport, AgentSettings, Launch, Turn, Verdict } from '../domain/adapter.js'
import { SpoolError } from '../domain/errors.js'
import type { Json } from '../domain/json.js'
import { describeValue } from '../domain/text.js'
import type { ModuleTurn } from '../module-runner/turn.js'
import { freshModule, ModuleEvents, type ModuleState, moduleStateSchema } from './module/events.js'
import { checkArguments } from './program/arguments.js'
import { agentEnvironment } from './program/environment.js'
import { findProgram, missingProgram } from './program/find-program.js'
import { describeExit, withReason } from './program/process-end.js'

/**
 * Writes the runner's events to a separate file descriptor, the output of the spool, and redirects standard output to
 * standard error, so nothing that the module, its libraries or their children print can get between the events.
 */
const APART = 'exec "$@" 3>&1 1>&2'

/**
 * Kind `module`: an agent written as a JavaScript module (see library/agent.ts), called by a small runner in
 * the process of the task. `args` are passed to Node; `binary` is the path of another Node.
 */
export function moduleAdapter(source: NodeJS.ProcessEnv): AgentAdapter {
  return {
    kind: 'module',
    check: ({ settings }) => checkArguments(settings.args, 'shorten "args" of the agent.', 'agent'),
    prepare: (turn) => prepareModule(turn, source),
    decoder: (state) => new ModuleEvents(parseState(state)),
    verdict: ({ exitCode, decoderState, stderrTail }) =>
      moduleVerdict(parseState(decoderState), exitCode, stderrTail),
    agentSessionId: (state) => parseState(state).memory,
    report: (settings) => reportModule(settings, source),
  }
}

async function prepareModule(turn: Turn, source: NodeJS.ProcessEnv): Promise<Launch> {
  const { settings, message, sessionId, agentSessionId, workingDirectory } = turn
  const { module = '' } = settings
  const problem = await problemOf(module)
  if (problem !== null) throw new SpoolError('launch_error', problem)
  const env = agentEnvironment(source, settings)
  const node = await findNode(settings, env, workingDirectory)
  if (node === null) throw new SpoolError('agent_missing', missingProgram(settings.binary ?? 'node'))
  const model = turn.model ?? settings.model ?? null
  const session = { id: sessionId, memory: agentSessionId }
  const order: ModuleTurn = { message, session, model, workingDirectory }
  return {
    argv: ['/bin/sh', '-c', APART, 'spoold-module', node, ...settings.args, moduleRunnerPath(), module],
    env,
    input: { is: 'message', text: JSON.stringify(order) },
    decoderState: { ...freshModule() },
  }
}

/** The built runner. It is found by package.json's "imports", so that src/ and dist/ share it. */
function moduleRunnerPath(): string {
  return createRequire(import.meta.url).resolve('#module-runner')
}

async function findNode(
  settings: AgentSettings,
  env: Record<string, string>,
  directory: string,
): Promise<string | null> {
  return settings.binary === undefined ? process.execPath : findProgram(settings.binary, env, directory)
}

/** Why a module cannot be run, in one sentence; null if its file exists. */
async function problemOf(module: string): Promise<string | null> {
  const remedy = 'correct "module" of the agent in the config file.'
  if (!isAbsolute(module) || module.includes('\0'))
    return `The module ${describeValue(module)} is not an absolute path; ${remedy}`
  try {
    if (!(await stat(module)).isFile()) return `The module ${describeValue(module)} is no file; ${remedy}`
    await access(module, constants.R_OK)
    return null
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return `The module ${describeValue(module)} ${isMissing ? 'does not exist' : 'cannot be read'}; ${remedy}`
  }
}

async function reportModule(settings: AgentSettings, source: NodeJS.ProcessEnv): Promise<AgentReport> {
  const { module = '' } = settings
  const fileProblem = await problemOf(module)
  const node = await findNode(settings, agentEnvironment(source, settings), '/')
  const problem = fileProblem ?? (node === null ? missingProgram(settings.binary ?? 'node') : null)
  return {
    available: problem === null,
    binary: fileProblem === null ? module : null,
    version: null,
    signedIn: 'not_needed',
    problem,
  }
}

/** Completed only if the runner reported the end, because a module can exit the process at any time. */
function moduleVerdict({ ended }: ModuleState, exitCode: number | null, stderrTail: string): Verdict {
  if (ended !== null && ended.error !== null) {
    return { status: 'failed', endReason: 'agent_error', error: ended.error || 'The module failed.' }
  }
  if (exitCode !== 0) {
    const error = withReason(`The module exited with ${describeExit(exitCode)}`, stderrTail)
    return { status: 'failed', endReason: 'exit', error }
  }
  if (ended !== null) return { status: 'completed' }
  return { status: 'failed', endReason: 'agent_error', error: 'The module exited during its turn.' }
}

/** An unreadable state proves nothing, so it counts as the start of a run. */
function parseState(state: Json): ModuleState {
  return moduleStateSchema.catch(freshModule).parse(state)
}
