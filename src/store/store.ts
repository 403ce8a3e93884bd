import { setImmediate as nextTurn } from 'node:timers/promises'
import { taskNotFound } from '../domain/errors.js'
import type { TaskStore } from '../domain/store.js'
import { createGroupCommit } from './group-commit.js'
import { hotPathQueries } from './hot-path.js'
import { verifyChunks, verifyText } from './integrity.js'
import { type OpenOptions, openDatabase } from './open.js'
import { purgeQueries } from './purge.js'
import { toOutline, toTask } from './rows.js'
import { runQueries } from './runs.js'
import { searchIndexQueries } from './search-index.js'
import { createSearcher } from './searcher.js'
import { sessionQueries } from './sessions.js'
import { translateSqliteError } from './sqlite-errors.js'
import { statsQueries } from './stats.js'
import { taskQueries } from './tasks.js'

/**
 * The TaskStore on SQLite. Reads run at once; writes are committed in groups (group-commit.ts). Throws what
 * `openDatabase` throws.
 */
export function openStore(options: OpenOptions): TaskStore {
  const { sqlite, drizzle, file } = openDatabase(options)
  const sessions = sessionQueries(drizzle)
  const hotPath = hotPathQueries(sqlite)
  const tasks = taskQueries(drizzle, sessions)
  const runs = runQueries(drizzle, { tasks, sessions, hotPath })
  const searchIndex = searchIndexQueries(sqlite)
  const searcher = createSearcher(file)
  const stats = statsQueries(drizzle)
  const purge = purgeQueries(sqlite, drizzle, searchIndex)
  const group = createGroupCommit(sqlite, file)
  const { write, writeAlone } = group

  // In a transaction, so that all queries of a read see one snapshot, even if another process writes.
  const readAll = sqlite.transaction((work: () => unknown) => work())
  async function read<T>(work: () => T): Promise<T> {
    try {
      return readAll.deferred(work) as T
    } catch (error) {
      throw translateSqliteError(error, file)
    }
  }

  /** Without a transaction: for a single statement, and for what must run outside of one. */
  async function runAlone<T>(work: () => T): Promise<T> {
    try {
      return work()
    } catch (error) {
      throw translateSqliteError(error, file)
    }
  }

  return {
    createSession: (session) =>
      write(() => {
        sessions.insert(session)
        return sessions.find(session.id) ?? fail(session.id)
      }),
    getSession: (sessionId) => read(() => sessions.find(sessionId)),
    listSessions: (limit) => read(() => sessions.list(limit)),
    endSession: (sessionId, at) => write(() => sessions.end(sessionId, at)),
    history: (sessionId, limit, answerBytes) =>
      read(() =>
        tasks.ofSession(sessionId, limit).map((row) => ({
          taskId: row.id,
          message: row.message,
          status: row.status,
          createdAt: row.createdAt,
          completedAt: row.completedAt,
          answer: hotPath.text(row.key, answerBytes),
          truncated: row.textBytes > answerBytes,
          error: row.error,
        })),
      ),

    createTask: (task, maxActive) => write(() => tasks.create(task, maxActive)),
    getTask: (taskId) =>
      runAlone(() => {
        const row = tasks.find(taskId)
        return row && toTask(row)
      }),
    getOutline: (taskId) =>
      runAlone(() => {
        const row = hotPath.outline(taskId)
        return row && toOutline(row)
      }),
    findTaskByKey: (idempotencyKey) =>
      read(() => {
        const row = tasks.findByKey(idempotencyKey)
        return row && toTask(row)
      }),
    findTaskIds: (prefix, limit) => read(() => tasks.findIds(prefix, limit)),
    listTasks: (filter) => read(() => tasks.list(filter)),
    countActive: () => read(() => tasks.countActive()),
    readChunks: (taskId, range) =>
      read(() => {
        const row = hotPath.outline(taskId)
        if (row === undefined) return undefined
        const found = hotPath.chunks(row.key, range.from, range.maxBytes)
        return { task: toOutline(row), chunks: verifyChunks(found, range.from, row.chunkCount, file) }
      }),
    readText: (taskId, maxBytes) =>
      read(() => {
        const row = hotPath.outline(taskId)
        if (row === undefined) throw taskNotFound(taskId)
        const { key, textBytes } = row
        return verifyText(hotPath.text(key, maxBytes), textBytes, maxBytes, file)
      }),
    setPinned: (taskId, pinned) => write(() => tasks.setPinned(taskId, pinned)),

    claimNext: (claim) => write(() => runs.claimNext(claim)),
    announceLaunch: (run, decoderState) => write(() => runs.announceLaunch(run, decoderState)),
    recordProcess: (run, identity, pieces, at) => write(() => runs.recordProcess(run, identity, pieces, at)),
    releaseClaim: (run) => write(() => runs.releaseClaim(run)),
    append: (append) => write(() => runs.append(append)),
    recordResponse: (taskId, response) => write(() => runs.recordResponse(taskId, response)),
    requestStop: (taskId, reason) => write(() => runs.requestStop(taskId, reason)),
    finish: (finish) => write(() => runs.finish(finish)),
    activeRuns: () => read(() => runs.active()),

    async indexStep() {
      // Checked first, so that an idle indexer never waits for another process's transaction.
      if (!(await read(searchIndex.hasWork))) return { done: true }
      await writeAlone(() => searchIndex.step())
      return { done: false }
    },
    search: (query, signal) => searcher.search(query, signal),
    async stats(createdSince) {
      const count = stats(createdSince)
      while (await read(count.step)) await nextTurn()
      return count.result()
    },

    countPurgeable: (cutoff) => read(() => purge.count(cutoff)),
    purgeStep: (cutoff, run) => writeAlone(() => purge.step(cutoff, run)),
    reclaimStep: () => runAlone(purge.reclaim),

    close() {
      group.flush()
      searcher.close()
      sqlite.close()
    },
  }
}

function fail(sessionId: string): never {
  throw new Error(`session ${sessionId} vanished between insert and select`)
}
