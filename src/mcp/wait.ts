import { createAsyncEvent } from '../domain/async-event.js'
import type { StatusQuery, TaskProgress, TaskService } from '../domain/service.js'
import { isEnded, type Task } from '../domain/task.js'
import type { Call } from './call.js'
import { withProgress } from './progress.js'

/** A poll that waits, and reports progress to the client meanwhile. */
export function waitForStatus(
  service: TaskService,
  taskId: string,
  query: StatusQuery,
  call: Pick<Call, 'progress' | 'signal'>,
): Promise<TaskProgress> {
  const poll = () => service.status(taskId, query, call.signal)
  return query.waitMs === 0 ? poll() : withProgress(service, taskId, call, poll)
}

/**
 * Waits, reporting progress, until the task has ended, `waitMs` have passed, the daemon stops, or `isEnough` says so of
 * the task's state. `isEnough` is called only while there is time left, and may keep `recheck` to be called again.
 * Resolves to the last state. Throws `task_not_found`, and the signal's reason.
 */
export function waitForTask(
  service: TaskService,
  taskId: string,
  call: Pick<Call, 'progress' | 'signal'>,
  waitMs: number,
  isEnough: (task: Task, recheck: () => void) => boolean | Promise<boolean>,
): Promise<Task> {
  return withProgress(service, taskId, call, async () => {
    const deadline = performance.now() + waitMs
    const done = new AbortController()
    const change = createAsyncEvent()
    let isStopping = false
    const onStop = () => {
      isStopping = true
      change.set()
    }
    service.watch(taskId, change.set, done.signal, onStop)
    try {
      for (;;) {
        call.signal.throwIfAborted()
        const task = await service.get(taskId)
        const left = deadline - performance.now()
        if (isStopping || left <= 0 || (await isEnough(task, change.set)) || isEnded(task)) return task
        await change.wait(left, call.signal)
      }
    } finally {
      done.abort()
    }
  })
}
