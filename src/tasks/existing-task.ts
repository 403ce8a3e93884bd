import { realpath } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import { SpoolError } from '../domain/errors.js'
import type { ExecRequest, StartRequest } from '../domain/service.js'
import type { Task } from '../domain/task.js'

/**
 * The task that an idempotency key stands for answers a repeat of its request, whatever has become of the agent, the
 * session or the directory since. What the repeat does not say is no difference, because a default may have changed.
 * Throws `idempotency_conflict` where it asks for something else.
 */
export async function assertSameRequest(twin: Task, request: StartRequest | ExecRequest): Promise<void> {
  const other = 'argv' in request ? await otherThanExec(twin, request) : await otherThanStart(twin, request)
  if (other === undefined) return
  throw new SpoolError(
    'idempotency_conflict',
    `was already used by ${twin.id}, for another ${other}; use a new key for a new request.`,
    { field: 'idempotency_key', isPredicate: true },
  )
}

async function otherThanStart(twin: Task, request: StartRequest): Promise<string | undefined> {
  if (twin.argv !== null || twin.message !== request.message) return 'message'
  const { agent = twin.agent, sessionId = twin.sessionId, model = twin.model } = request
  if (agent !== twin.agent) return 'agent'
  if (sessionId !== twin.sessionId) return 'session_id'
  if (model !== twin.model) return 'model'
  return otherDirectory(twin, request)
}

async function otherThanExec(twin: Task, request: ExecRequest): Promise<string | undefined> {
  if (JSON.stringify(twin.argv) !== JSON.stringify(request.argv)) return 'argv'
  return otherDirectory(twin, request)
}

/** A task keeps its directory's real path; one that is gone by now has none, and is no reason to refuse. */
async function otherDirectory(
  { workingDirectory }: Task,
  { workingDirectory: asked }: StartRequest | ExecRequest,
): Promise<string | undefined> {
  if (asked === undefined) return undefined
  if (!isAbsolute(asked) || asked.includes('\0')) return 'working_directory'
  if (resolve(asked) === workingDirectory) return undefined
  const real = await realpath(asked).catch(() => workingDirectory)
  return real === workingDirectory ? undefined : 'working_directory'
}
