import { homedir } from 'node:os'
import { ulid } from 'ulid'
import { type AgentRegistry, EXEC_AGENT } from '../domain/adapter.js'
import { invalidField, SpoolError, sessionNotFound } from '../domain/errors.js'
import type { ExecRequest, SessionRequest, StartRequest } from '../domain/service.js'
import type { Session } from '../domain/session.js'
import type { NewSession, NewTask, TaskStore } from '../domain/store.js'
import { oneLine } from '../domain/text.js'
import { MAX_SHOWN_PATH_LENGTH, resolveWorkingDirectory } from './working-directory.js'

/** Defaults and limits of requests. */
export interface RequestRules {
  defaultAgent: string
  /** Working directories must lie under one of these; an empty list allows any. */
  allowedRoots: string[]
  maxMessageBytes: number
  taskTtlMs: number
  taskTimeoutMs: number | null
  stallTimeoutMs: number | null
}

/** Turns a client's request into what the store creates, or throws a SpoolError with the field and the remedy. */
export function createRequestValidator(
  rules: RequestRules,
  agents: AgentRegistry,
  store: TaskStore,
  now: () => number,
) {
  async function validateStart(request: StartRequest): Promise<NewTask> {
    validateMessage('message', request.message, rules.maxMessageBytes)
    validateName('session_id', request.sessionId)
    validateName('model', request.model)
    const session = request.sessionId === undefined ? undefined : await requireSession(request.sessionId)
    const agent = validateAgent(request.agent ?? session?.agent)
    const { settings, adapter } = agents.find(agent)
    adapter.check({ message: request.message, settings, argv: null })
    const workingDirectory = await validateDirectory(request.workingDirectory, session)
    const at = now()
    return {
      ...commonFields(request, at),
      session: session ? { existing: session.id } : { open: newSession(agent, workingDirectory, at) },
      agent,
      model: request.model ?? settings.model ?? null,
      message: request.message,
      argv: null,
      workingDirectory,
      priority: request.priority ?? 0,
      timeoutMs: request.timeoutMs ?? inMs(settings.timeoutSeconds) ?? rules.taskTimeoutMs,
      stallMs: inMs(settings.stallSeconds) ?? rules.stallTimeoutMs,
      permissions: settings.permissions ?? (request.attended ? 'ask' : 'deny'),
    }
  }

  async function validateExec(request: ExecRequest): Promise<NewTask> {
    const { settings, adapter } = agents.find(EXEC_AGENT)
    for (const argument of request.argv) validateUnicode('argv', argument)
    adapter.check({ message: '', settings, argv: request.argv })
    const message = request.argv.join(' ')
    validateMessage('argv', message, rules.maxMessageBytes)
    const workingDirectory = await validateDirectory(request.workingDirectory, undefined)
    const at = now()
    return {
      ...commonFields(request, at),
      session: { open: newSession(EXEC_AGENT, workingDirectory, at) },
      agent: EXEC_AGENT,
      model: null,
      message,
      argv: request.argv,
      workingDirectory,
      priority: 0,
      timeoutMs: request.timeoutMs ?? rules.taskTimeoutMs,
      stallMs: rules.stallTimeoutMs,
      permissions: 'deny',
    }
  }

  async function validateSession(request: SessionRequest): Promise<NewSession> {
    const agent = validateAgent(request.agent)
    return newSession(agent, await validateDirectory(request.workingDirectory, undefined), now())
  }

  async function requireSession(sessionId: string): Promise<Session> {
    const session = await store.getSession(sessionId)
    if (!session) throw sessionNotFound(sessionId)
    return session
  }

  function validateAgent(name: string | undefined): string {
    const agent = name ?? rules.defaultAgent
    validateName('agent', agent)
    if (agent === EXEC_AGENT) {
      throw new SpoolError('agent_unknown', 'exec is not an agent', {
        field: 'agent',
        action: 'run_command',
      })
    }
    agents.find(agent)
    return agent
  }

  async function validateDirectory(
    requested: string | undefined,
    session: Session | undefined,
  ): Promise<string> {
    if (requested !== undefined) validateUnicode('working_directory', requested)
    const path = requested ?? session?.workingDirectory ?? rules.allowedRoots[0] ?? homedir()
    const directory = await resolveWorkingDirectory(path, rules.allowedRoots)
    if (session && requested !== undefined && directory !== session.workingDirectory) {
      throw new SpoolError(
        'invalid_input',
        `Session ${session.id} works in ${oneLine(session.workingDirectory, MAX_SHOWN_PATH_LENGTH)}`,
        { field: 'working_directory', action: 'omit_field' },
      )
    }
    return directory
  }

  function commonFields(request: Pick<StartRequest, 'ttlMs' | 'minTtlMs' | 'idempotencyKey'>, at: number) {
    return {
      id: `task-${ulid(at).toLowerCase()}`,
      idempotencyKey: request.idempotencyKey ?? null,
      ttlMs: request.ttlMs ?? Math.max(rules.taskTtlMs, request.minTtlMs ?? 0),
      at,
    }
  }

  return { validateStart, validateExec, validateSession }
}

/** Ids, models and keys become arguments of programs: none may look like an option or contain control characters. */
export function validateName(field: string, value: string | undefined): void {
  if (value === undefined) return
  validateUnicode(field, value)
  if (value !== '' && value.length <= 200 && !value.startsWith('-') && !/\p{Cc}/u.test(value)) return
  throw invalidField(
    field,
    'must be 1 to 200 characters without control characters, and not start with "-"; choose another.',
  )
}

function validateMessage(field: string, message: string, maxBytes: number): void {
  validateUnicode(field, message)
  if (message.trim() === '') {
    throw invalidField(field, 'is empty; describe what the agent should do.')
  }
  const bytes = Buffer.byteLength(message)
  if (bytes > maxBytes) {
    throw new SpoolError(
      'message_too_large',
      `has ${bytes} bytes, the limit is ${maxBytes}; put the long part into a file and name the file.`,
      { field, isPredicate: true },
    )
  }
}

/** Databases and processes take UTF-8, which cannot hold a lone surrogate: another text would be read back. */
function validateUnicode(field: string, value: string): void {
  if (value.isWellFormed()) return
  throw invalidField(field, 'contains half a character (a lone surrogate); send valid Unicode.')
}

function newSession(agent: string, workingDirectory: string, at: number): NewSession {
  return { id: `session-${ulid(at).toLowerCase()}`, agent, workingDirectory, at }
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000)
}
