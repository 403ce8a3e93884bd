import { Cron } from 'croner'
import type { Logger } from 'pino'
import type { PurgeCount } from '../domain/store.js'

export interface PurgeSchedule {
  /** No run begins after this. */
  stop(): void
  /** Resolves when the run that is at work, if any, has ended. */
  settled(): Promise<void>
}

/**
 * Runs the purge by a cron pattern. A run that is still at work when its next time comes is not doubled, and one
 * that fails is logged and tried again at the next time.
 */
export function schedulePurge(
  pattern: string,
  purge: () => Promise<PurgeCount>,
  logger: Logger,
): PurgeSchedule {
  let atWork: Promise<void> = Promise.resolve()
  const job = new Cron(pattern, { protect: true }, () => {
    atWork = run(purge, logger)
    return atWork
  })
  return { stop: () => job.stop(), settled: () => atWork }
}

async function run(purge: () => Promise<PurgeCount>, logger: Logger): Promise<void> {
  try {
    const taken = await purge()
    if (taken.tasks > 0 || taken.sessions > 0) logger.info(taken, 'purged')
  } catch (error) {
    logger.error({ err: error }, 'the purge failed and is tried again at its next time')
  }
}
