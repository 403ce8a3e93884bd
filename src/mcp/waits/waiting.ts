import { SpoolError } from '../../domain/errors.js'
import type { StatusQuery, TaskProgress, TaskService } from '../../domain/service.js'
import { isEnded, type Task } from '../../domain/task.js'
import type { Call } from '../offer/call.js'
import { whileTelling } from './progress.js'

/** A poll that waits, and tells the client how far the task is meanwhile. */
export function statusWhileTelling(
  service: TaskService,
  taskId: string,
  query: StatusQuery,
  call: Pick<Call, 'progress' | 'signal'>,
): Promise<TaskProgress> {
  const wait = () => service.status(taskId, query, call.signal)
  return query.waitMs === 0 ? wait() : whileTelling(service, taskId, call, wait)
}

const ROUND_MS = 30_000

/**
 * Waits for the end of a task, however long that takes, and calls back whenever its status may have changed.
 * Throws `task_not_found`, `shutting_down` where the daemon stops meanwhile, and the signal's reason.
 */
export async function untilEnded(
  service: TaskService,
  taskId: string,
  call: Pick<Call, 'progress' | 'signal'>,
  onNews: (task: Task) => Promise<void>,
): Promise<Task> {
  return whileTelling(service, taskId, call, async () => {
    let task = await service.get(taskId)
    while (!isEnded(task)) {
      const start = performance.now()
      const from = task.chunkCount
      const query = { from, waitMs: ROUND_MS, waitFor: 'done', maxBytes: 1 } as const
      task = (await service.status(taskId, query, call.signal)).task
      call.signal.throwIfAborted()
      await onNews(task)
      const cameEarly = performance.now() - start < ROUND_MS - 1_000
      if (cameEarly && !isEnded(task) && task.chunkCount === from) throw stopping()
    }
    return task
  })
}

/** Waits end early, and with nothing new, only where the daemon ends them. */
function stopping(): SpoolError {
  return new SpoolError('shutting_down', 'The daemon is stopping; ask again in a moment, the task goes on.')
}
