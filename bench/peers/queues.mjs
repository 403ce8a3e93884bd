// The other queues behind one interface: `add` enqueues a job, `runAll` runs all jobs, several at a time.
import Database from 'better-sqlite3'
import { buildDBClient, SqliteQueue } from 'liteque'
import { better, defineQueue, defineWorker } from 'plainjob'

/** @param {string} file @param {() => Promise<void>} job the work of each job */
export function openPlainjob(file, job) {
  const logger = { error() {}, warn() {}, info() {}, debug() {} }
  const queue = defineQueue({ connection: better(new Database(file)), logger })
  return {
    add: async (n) => queue.add('noop', { n }),
    async runAll(atOnce, count) {
      let done = 0
      let allDone
      const finished = new Promise((resolve) => {
        allDone = resolve
      })
      const work = async () => {
        await job()
        done += 1
        if (done === count) allDone()
      }
      const workers = Array.from({ length: atOnce }, () =>
        defineWorker('noop', work, { queue, logger, pollIntervall: 1 }),
      )
      for (const worker of workers) worker.start()
      await finished
      await Promise.all(workers.map((worker) => worker.stop()))
    },
    close: () => queue.close(),
  }
}

/** Only enqueues jobs. @param {string} file */
export function openLiteque(file) {
  const db = buildDBClient(file, { walEnabled: true, runMigrations: true })
  const queue = new SqliteQueue('noop', db, { defaultJobArgs: { numRetries: 0 }, keepFailedJobs: false })
  return {
    add: (n) => queue.enqueue({ n }),
    close() {},
  }
}
