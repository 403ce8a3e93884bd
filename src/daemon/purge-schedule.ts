import { Cron } from 'croner'
import type { Logger } from 'pino'
import type { PurgeCount } from '../domain/store.js'

export interface PurgeSchedule {
  /** Starts no more runs. */
  stop(): void
  /** Resolves when the current run, if any, has ended. */
  settled(): Promise<void>
}

/**
 * Runs the purge by a cron pattern. Runs never overlap; a failed run is logged and repeated at the next time.
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
    logger.error({ err: error }, 'the purge failed; it runs again at its next time')
  }
}
