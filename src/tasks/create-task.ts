import { realpath } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import { SpoolError } from '../domain/errors.js'
import type { ExecRequest, StartRequest } from '../domain/service.js'
import type { NewTask, TaskStore } from '../domain/store.js'
import type { Task } from '../domain/task.js'
import { validateName } from './requests.js'

/**
 * Creates the task of a request; or, if its idempotency key has a task already, returns that task, even if its
 * agent, session or directory no longer exists. Throws what `validate` throws, `idempotency_conflict` if the existing task
 * was created by a different request, or an error of the store.
 */
export async function createTask<Request extends StartRequest | ExecRequest>(
  request: Request,
  validate: (request: Request) => Promise<NewTask>,
  store: TaskStore,
  maxTasks: number,
): Promise<{ task: Task; created: boolean }> {
  const existing = await findExistingTask(request, store)
  if (existing !== undefined) return { task: existing, created: false }
  const result = await store.createTask(await validate(request), maxTasks)
  // The same request may have arrived twice at once.
  if (!result.created) await assertSameRequest(result.task, request)
  return result
}

async function findExistingTask(
  request: StartRequest | ExecRequest,
  store: TaskStore,
): Promise<Task | undefined> {
  if (request.idempotencyKey === undefined) return undefined
  validateName('idempotency_key', request.idempotencyKey)
  const existing = await store.findTaskByKey(request.idempotencyKey)
  if (existing !== undefined) await assertSameRequest(existing, request)
  return existing
}

async function assertSameRequest(existing: Task, request: StartRequest | ExecRequest): Promise<void> {
  const difference =
    'argv' in request
      ? await findExecDifference(existing, request)
      : await findStartDifference(existing, request)
  if (difference === undefined) return
  throw new SpoolError(
    'idempotency_conflict',
    `was already used by ${existing.id}, with a different ${difference}; use a new key for a new request.`,
    { field: 'idempotency_key', isPredicate: true },
  )
}

/** The field that differs. A field that the request leaves out does not, because its default may have changed. */
async function findStartDifference(existing: Task, request: StartRequest): Promise<string | undefined> {
  if (existing.argv !== null || existing.message !== request.message) return 'message'
  const { agent = existing.agent, sessionId = existing.sessionId, model = existing.model } = request
  if (agent !== existing.agent) return 'agent'
  if (sessionId !== existing.sessionId) return 'session_id'
  if (model !== existing.model) return 'model'
  return findDirectoryDifference(existing, request)
}

async function findExecDifference(existing: Task, request: ExecRequest): Promise<string | undefined> {
  if (JSON.stringify(existing.argv) !== JSON.stringify(request.argv)) return 'argv'
  return findDirectoryDifference(existing, request)
}

/** A task stores the real path of its directory. A directory that was removed since has none, and is no difference. */
async function findDirectoryDifference(
  existing: Task,
  { workingDirectory }: StartRequest | ExecRequest,
): Promise<string | undefined> {
  if (workingDirectory === undefined) return undefined
  if (!isAbsolute(workingDirectory) || workingDirectory.includes('\0')) return 'working_directory'
  if (resolve(workingDirectory) === existing.workingDirectory) return undefined
  const real = await realpath(workingDirectory).catch(() => existing.workingDirectory)
  return real === existing.workingDirectory ? undefined : 'working_directory'
}
