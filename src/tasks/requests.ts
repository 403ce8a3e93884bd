import { homedir } from 'node:os'
import { ulid } from 'ulid'
import { type AgentRegistry, EXEC_AGENT } from '../domain/adapter.js'
import { invalidField, SpoolError, sessionNotFound } from '../domain/errors.js'
import type { ExecRequest, SessionRequest, StartRequest } from '../domain/service.js'
import type { Session } from '../domain/session.js'
import type { NewSession, NewTask, TaskStore } from '../domain/store.js'
import type { Task } from '../domain/task.js'
import { oneLine } from '../domain/text.js'
import { assertSameRequest } from './existing-task.js'
import { checkWorkingDirectory, MAX_PATH_TOLD_LENGTH } from './working-directory.js'

export interface RequestRules {
  defaultAgent: string
  allowedRoots: string[]
  maxMessageBytes: number
  taskTtlMs: number
  taskTimeoutMs: number | null
  stallTimeoutMs: number | null
}

/** Turns what a client asks for into what the store takes, or refuses it with the field and the remedy. */
export function createRequestReader(
  rules: RequestRules,
  agents: AgentRegistry,
  store: TaskStore,
  now: () => number,
) {
  /** The task that an earlier arrival of the same request started; to be looked for before anything else. */
  async function findExistingTask(request: StartRequest | ExecRequest): Promise<Task | undefined> {
    if (request.idempotencyKey === undefined) return undefined
    checkName('idempotency_key', request.idempotencyKey)
    const twin = await store.findTaskByKey(request.idempotencyKey)
    if (twin) await assertSameRequest(twin, request)
    return twin
  }

  async function readTask(request: StartRequest): Promise<NewTask> {
    checkMessage('message', request.message, rules.maxMessageBytes)
    checkName('session_id', request.sessionId)
    checkName('model', request.model)
    const session = request.sessionId === undefined ? undefined : await existing(request.sessionId)
    const agent = readAgent(request.agent ?? session?.agent)
    const { settings, adapter } = agents.find(agent)
    adapter.check({ message: request.message, settings, argv: null })
    const workingDirectory = await readDirectory(request.workingDirectory, session)
    const at = now()
    return {
      ...common(request, at),
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

  async function readExec(request: ExecRequest): Promise<NewTask> {
    const { settings, adapter } = agents.find(EXEC_AGENT)
    for (const argument of request.argv) checkUnicode('argv', argument)
    adapter.check({ message: '', settings, argv: request.argv })
    const message = request.argv.join(' ')
    checkMessage('argv', message, rules.maxMessageBytes)
    const workingDirectory = await readDirectory(request.workingDirectory, undefined)
    const at = now()
    return {
      ...common(request, at),
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

  async function readSession(request: SessionRequest): Promise<NewSession> {
    const agent = readAgent(request.agent)
    return newSession(agent, await readDirectory(request.workingDirectory, undefined), now())
  }

  async function existing(sessionId: string): Promise<Session> {
    const session = await store.getSession(sessionId)
    if (!session) throw sessionNotFound(sessionId)
    return session
  }

  function readAgent(name: string | undefined): string {
    const agent = name ?? rules.defaultAgent
    checkName('agent', agent)
    if (agent === EXEC_AGENT) {
      throw new SpoolError('agent_unknown', 'exec is not an agent', {
        field: 'agent',
        action: 'run_command',
      })
    }
    agents.find(agent)
    return agent
  }

  async function readDirectory(asked: string | undefined, session: Session | undefined): Promise<string> {
    if (asked !== undefined) checkUnicode('working_directory', asked)
    const path = asked ?? session?.workingDirectory ?? rules.allowedRoots[0] ?? homedir()
    const directory = await checkWorkingDirectory(path, rules.allowedRoots)
    if (session && asked !== undefined && directory !== session.workingDirectory) {
      throw new SpoolError(
        'invalid_input',
        `Session ${session.id} works in ${oneLine(session.workingDirectory, MAX_PATH_TOLD_LENGTH)}`,
        { field: 'working_directory', action: 'omit_field' },
      )
    }
    return directory
  }

  function common(request: Pick<StartRequest, 'ttlMs' | 'minTtlMs' | 'idempotencyKey'>, at: number) {
    return {
      id: `task-${ulid(at).toLowerCase()}`,
      idempotencyKey: request.idempotencyKey ?? null,
      ttlMs: request.ttlMs ?? Math.max(rules.taskTtlMs, request.minTtlMs ?? 0),
      at,
    }
  }

  return { findExistingTask, readTask, readExec, readSession }
}

function newSession(agent: string, workingDirectory: string, at: number): NewSession {
  return { id: `session-${ulid(at).toLowerCase()}`, agent, workingDirectory, at }
}

function checkMessage(field: string, message: string, maxBytes: number): void {
  checkUnicode(field, message)
  if (message.trim() === '') {
    throw invalidField(field, 'is empty; say what the agent should do.')
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

/** Ids, models and keys become arguments of programs: none may look like an option, or hide a control character. */
function checkName(field: string, value: string | undefined): void {
  if (value === undefined) return
  checkUnicode(field, value)
  if (value !== '' && value.length <= 200 && !value.startsWith('-') && !/\p{Cc}/u.test(value)) return
  throw invalidField(
    field,
    'must be 1 to 200 characters, without control characters and not starting with "-"; use another.',
  )
}

/** A database and a process take UTF-8, which has no half characters: what is read back would be another text. */
function checkUnicode(field: string, value: string): void {
  if (value.isWellFormed()) return
  throw invalidField(field, 'contains half a character (a lone surrogate); send valid Unicode.')
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000)
}
