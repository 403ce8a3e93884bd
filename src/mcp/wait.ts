import type { StatusQuery, TaskProgress, TaskService } from '../domain/service.js'
import { isEnded, type Task } from '../domain/task.js'
import type { Call } from './call.js'
import { withProgress } from './progress.js'

/** A poll that waits, and tells the client how far the task is meanwhile. */
export function waitForStatus(
  service: TaskService,
  taskId: string,
  query: StatusQuery,
  call: Pick<Call, 'progress' | 'signal'>,
): Promise<TaskProgress> {
  const wait = () => service.status(taskId, query, call.signal)
  return query.waitMs === 0 ? wait() : withProgress(service, taskId, call, wait)
}

/**
 * Follows a task by its changes, telling progress: until it has ended, `waitMs` are over, the daemon stops, or `isEnough`
 * says so of its state; that is asked only while there is time left, and may keep `lookAgain` to be asked once more.
 * Gives the last state. Throws `task_not_found`, and the signal's reason.
 */
export function followTask(
  service: TaskService,
  taskId: string,
  call: Pick<Call, 'progress' | 'signal'>,
  waitMs: number,
  isEnough: (task: Task, lookAgain: () => void) => boolean | Promise<boolean>,
): Promise<Task> {
  return withProgress(service, taskId, call, async () => {
    const deadline = performance.now() + waitMs
    const over = new AbortController()
    const changes = createBell()
    let isStopping = false
    const onStop = () => {
      isStopping = true
      changes.ring()
    }
    call.signal.addEventListener('abort', changes.ring, { once: true, signal: over.signal })
    service.watch(taskId, changes.ring, over.signal, onStop)
    try {
      for (;;) {
        call.signal.throwIfAborted()
        const task = await service.get(taskId)
        const left = deadline - performance.now()
        if (isStopping || left <= 0 || (await isEnough(task, changes.ring)) || isEnded(task)) return task
        await changes.heard(Math.min(left, MAX_TIMER_MS))
      }
    } finally {
      over.abort()
    }
  })
}

const MAX_TIMER_MS = 3_600_000

/** A bell that is heard also where it rang before one listened. */
function createBell() {
  let hasRung = false
  let wake = () => {}
  return {
    ring(): void {
      hasRung = true
      wake()
    },
    /** Resolves when it rings, or has rung since, or after `ms`. */
    async heard(ms: number): Promise<void> {
      if (!hasRung) {
        let timer: NodeJS.Timeout | undefined
        await new Promise<void>((resolve) => {
          wake = resolve
          timer = setTimeout(resolve, ms)
        })
        clearTimeout(timer)
      }
      hasRung = false
    },
  }
}
