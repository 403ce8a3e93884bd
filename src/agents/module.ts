import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { isAbsolute } from 'node:path'
import type { AgentAdapter, AgentReport, AgentSettings, Launch, Turn, Verdict } from '../domain/adapter.js'
import { SpoolError } from '../domain/errors.js'
import type { Json } from '../domain/json.js'
import { describeValue } from '../domain/text.js'
import type { ModuleOrder } from '../module-runner/order.js'
import { freshModule, ModuleEvents, type ModuleState, moduleStateSchema } from './module/events.js'
import { checkArguments } from './program/arguments.js'
import { agentEnvironment } from './program/environment.js'
import { findProgram } from './program/find-program.js'
import { missingProgram } from './program/missing-program.js'
import { describeExit, withLastWords } from './program/process-end.js'

/**
 * Gives the runner's events a file descriptor of their own, the spool's output, and has standard output be standard
 * error: so nothing that the module, a library of it or a child of theirs prints can get between the events.
 */
const APART = 'exec "$@" 3>&1 1>&2'

/**
 * Kind `module`: an agent written as a JavaScript module (see library/agent.ts), called by a small runner of ours in
 * the task's own process. `args` are given to Node, `binary` is another Node than the daemon's.
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
  const order: ModuleOrder = { message, session, model, workingDirectory }
  return {
    argv: ['/bin/sh', '-c', APART, 'spoold-module', node, ...settings.args, runnerPath(), module],
    env,
    input: { is: 'message', text: JSON.stringify(order) },
    decoderState: { ...freshModule() },
  }
}

/** The built runner; by the package's own imports, so that it is the same from src/ and from dist/. */
function runnerPath(): string {
  return createRequire(import.meta.url).resolve('#module-runner')
}

async function findNode(
  settings: AgentSettings,
  env: Record<string, string>,
  directory: string,
): Promise<string | null> {
  return settings.binary === undefined ? process.execPath : findProgram(settings.binary, env, directory)
}

/** One sentence on why a module cannot be run; null where its file is there. */
async function problemOf(module: string): Promise<string | null> {
  const remedy = 'correct "module" of the agent in the config file.'
  if (!isAbsolute(module) || module.includes('\0'))
    return `The module ${describeValue(module)} is no absolute path; ${remedy}`
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

/** Completed is what the runner itself said to be done, and nothing else: a module can end its process at any time. */
function moduleVerdict({ ended }: ModuleState, exitCode: number | null, stderrTail: string): Verdict {
  if (ended !== null && ended.error !== null) {
    return { status: 'failed', endReason: 'agent_error', error: ended.error || 'The module failed.' }
  }
  if (exitCode !== 0) {
    const error = withLastWords(`The module ended with ${describeExit(exitCode)}`, stderrTail)
    return { status: 'failed', endReason: 'exit', error }
  }
  if (ended !== null) return { status: 'completed' }
  return { status: 'failed', endReason: 'agent_error', error: 'The module ended in the middle of its turn.' }
}

/** A state that cannot be read carries no proof of anything: it counts as the beginning of a run. */
function parseState(state: Json): ModuleState {
  return moduleStateSchema.catch(freshModule).parse(state)
}
