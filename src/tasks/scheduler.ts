import { randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Run } from '../domain/store.js'
import type { RunContext } from './run/context.js'
import { type ActiveRun, startRun } from './run/run.js'
import { retryStorage } from './storage-retry.js'

/** Starts pending tasks, highest priority first, then oldest, as far as session, agent and machine have capacity. */
export interface Scheduler {
  /** There may be something to start: a task was created, or one has ended. */
  pump(): void
  /** Takes over a task that already runs, regardless of capacity. */
  adopt(run: Run): void
  /** The run of a task in this daemon; a claim that is being stored is waited for. */
  find(taskId: string): Promise<ActiveRun | undefined>
  /** Lets go of all tasks; resolves when none is touched any more. */
  close(): Promise<void>
}

export function createScheduler(context: RunContext, concurrency: number): Scheduler {
  const active = new Map<string, ActiveRun>()
  const closing = new AbortController()
  let pumping: Promise<void> | undefined
  let pumpAgain = false
  /** The claim that is being stored; not a claim that waits for the storage to recover. */
  let claiming: Promise<unknown> | undefined

  function start(run: Run): void {
    const activeRun = startRun(run, context, pump)
    active.set(run.taskId, activeRun)
    activeRun.done.then(() => {
      active.delete(run.taskId)
      pump()
    })
  }

  /** A run that waits for a person does no work. After the response it continues, regardless of capacity. */
  function countWorking(): number {
    return [...active.values()].filter((run) => !run.isWaiting()).length
  }

  function pump(): void {
    pumpAgain = true
    pumping ??= claimWhileThereIsCapacity()
  }

  async function claimWhileThereIsCapacity(): Promise<void> {
    // `pumping` must be assigned before this function can end.
    await undefined
    while (pumpAgain && !closing.signal.aborted) {
      pumpAgain = false
      while (countWorking() < concurrency && !closing.signal.aborted) {
        const run = await claimNext()
        if (!run) break
        context.notifier.notifyTask(run.taskId)
        context.notifier.notifyList()
        start(run)
      }
    }
    // In the same turn as the check above: a pump in between would be lost.
    pumping = undefined
  }

  async function claimNext(): Promise<Run | undefined> {
    const claim = () => {
      const claimed = context.store.claimNext({
        at: context.now(),
        token: randomBytes(16).toString('hex'),
        exceptAgents: agentsAtCapacity(),
      })
      claiming = claimed
      return claimed
    }
    return retryStorage(claim, 'the next task', context.log, closing.signal).catch((error: unknown) => {
      if (!closing.signal.aborted) context.log.error({ err: error }, 'no task could be claimed')
      return undefined
    })
  }

  function agentsAtCapacity(): string[] {
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
      // The claimed task is started in the next turn.
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
