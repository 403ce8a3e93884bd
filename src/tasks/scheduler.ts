import { randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Run } from '../domain/store.js'
import type { RunContext } from './run/context.js'
import { type ActiveRun, execute } from './run/run.js'
import { retryStorage } from './storage-retry.js'

/** Gives pending tasks their turn: highest priority, then oldest, where session, agent and machine have room. */
export interface Scheduler {
  /** Something may have room now: a task was created, or one has ended. */
  pump(): void
  /** Takes up a task that already runs, whatever the room. */
  adopt(run: Run): void
  /** The run of a task that is under execution here, once a claim that is just being stored is through. */
  find(taskId: string): Promise<ActiveRun | undefined>
  /** Lets go of all tasks; resolves when none is touched any more. */
  close(): Promise<void>
}

export function createScheduler(context: RunContext, concurrency: number): Scheduler {
  const active = new Map<string, ActiveRun>()
  const closing = new AbortController()
  let pumping: Promise<void> | undefined
  /** The claim that is just being stored; not those that wait until the storage takes them. */
  let claiming: Promise<unknown> | undefined
  let pumpAgain = false

  function start(run: Run): void {
    const activeRun = execute(run, context, pump)
    active.set(run.taskId, activeRun)
    activeRun.done.then(() => {
      active.delete(run.taskId)
      pump()
    })
  }

  /** Who waits for a person works on nothing; with the answer it goes on, whatever the room. */
  function atWork(): number {
    return [...active.values()].filter((run) => !run.waits()).length
  }

  function pump(): void {
    pumpAgain = true
    pumping ??= claimWhileThereIsRoom()
  }

  async function claimWhileThereIsRoom(): Promise<void> {
    // `pumping` is to be set before this can end.
    await undefined
    while (pumpAgain && !closing.signal.aborted) {
      pumpAgain = false
      while (atWork() < concurrency && !closing.signal.aborted) {
        const run = await claim()
        if (!run) break
        context.notifier.notifyTask(run.taskId)
        context.notifier.notifyList()
        start(run)
      }
    }
    // Here, and not in a later turn: a pump that came in between would be lost.
    pumping = undefined
  }

  async function claim(): Promise<Run | undefined> {
    const next = () => {
      const claimed = context.store.claimNext({
        at: context.now(),
        token: randomBytes(16).toString('hex'),
        exceptAgents: agentsWithoutRoom(),
      })
      claiming = claimed
      return claimed
    }
    return retryStorage(next, 'the next task', context.log, closing.signal).catch((error: unknown) => {
      if (!closing.signal.aborted) context.log.error({ err: error }, 'no task could be taken')
      return undefined
    })
  }

  function agentsWithoutRoom(): string[] {
    const running = new Map<string, number>()
    for (const { agent } of active.values()) running.set(agent, (running.get(agent) ?? 0) + 1)
    return [...running]
      .filter(([agent, count]) => count >= context.agents.concurrencyOf(agent))
      .map(([agent]) => agent)
  }

  return {
    pump,
    adopt: start,
    async find(taskId) {
      const run = active.get(taskId)
      if (run !== undefined) return run
      await Promise.allSettled([claiming])
      // Then what was claimed is started.
      await nextTurn()
      return active.get(taskId)
    },
    async close() {
      closing.abort()
      await pumping
      const runs = [...active.values()]
      for (const run of runs) run.detach()
      await Promise.all(runs.map((run) => run.done))
    },
  }
}
