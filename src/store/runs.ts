import { and, eq, isNull, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { sessions, tasks } from '../../drizzle/schema.js'
import type { Piece } from '../domain/chunk.js'
import { noQuestion, SpoolError } from '../domain/errors.js'
import type { Json } from '../domain/json.js'
import type { ProcessIdentity } from '../domain/processes.js'
import type { QuestionResponse } from '../domain/question.js'
import type { Append, AttemptKey, Finish, Run } from '../domain/store.js'
import { type EndedTask, isEnded, type StopReason, type Task } from '../domain/task.js'
import type { HotPathQueries } from './hot-path.js'
import { taskColumns, toRun, toTask } from './rows.js'
import type { SessionQueries } from './sessions.js'
import type { TaskQueries } from './tasks.js'

/** Queries for running a task, from claim to finish. Each runs inside the caller's transaction. */
export function runQueries(
  db: BetterSQLite3Database,
  queries: { tasks: TaskQueries; sessions: SessionQueries; hotPath: HotPathQueries },
) {
  const active = db
    .select(taskColumns)
    .from(tasks)
    .innerJoin(sessions, eq(sessions.key, tasks.sessionKey))
    .where(
      sql`${tasks.status} IN ('pending', 'running', 'streaming', 'input_required') AND (${tasks.status} <> 'pending' OR ${tasks.stopReason} IS NOT NULL)`,
    )
    .orderBy(tasks.key)
    .prepare()
  // With the literals of the partial index tasks_active, so that SQLite can use it.
  const next = db
    .select({ id: tasks.id })
    .from(tasks)
    .where(
      sql`${tasks.status} IN ('pending', 'running', 'streaming', 'input_required') AND ${tasks.status} = 'pending' AND ${tasks.stopReason} IS NULL
        AND ${tasks.agent} NOT IN (SELECT value FROM json_each(${sql.placeholder('exceptAgents')}))
        AND NOT EXISTS (SELECT 1 FROM ${tasks} other WHERE other.session_key = ${tasks.sessionKey}
          AND other.status IN ('running', 'streaming', 'input_required'))`,
    )
    .orderBy(sql`${tasks.priority} DESC`, tasks.key)
    .limit(1)
    .prepare()

  const { requireOwned, append } = queries.hotPath

  return {
    claimNext(claim: { at: number; token: string; exceptAgents: string[] }): Run | undefined {
      const found = next.get({ exceptAgents: JSON.stringify(claim.exceptAgents) })
      if (!found) return undefined
      db.update(tasks)
        .set({
          status: 'running',
          startedAt: claim.at,
          attempt: sql`${tasks.attempt} + 1`,
          token: claim.token,
          ...noProcess,
        })
        .where(eq(tasks.id, found.id))
        .run()
      return toRun(queries.tasks.require(found.id))
    },

    announceLaunch(run: AttemptKey, decoderState: Json): void {
      db.update(tasks)
        .set({ decoderState, outOffset: 0, errOffset: 0 })
        .where(eq(tasks.key, requireOwned(run).key))
        .run()
    },

    recordProcess(run: AttemptKey, identity: ProcessIdentity, pieces: Piece[], at: number): void {
      const row = requireOwned(run)
      db.update(tasks)
        .set({ pid: identity.pid, pidStartTime: identity.startTime, bootId: identity.bootId })
        .where(eq(tasks.key, row.key))
        .run()
      append(row, { pieces, at })
    },

    releaseClaim(run: AttemptKey): void {
      db.update(tasks)
        .set({ status: 'pending', startedAt: null, ...noProcess })
        .where(eq(tasks.key, requireOwned(run).key))
        .run()
    },

    append(batch: Append): void {
      const task = requireOwned(batch)
      if (task.chunkCount !== batch.expectedIndex) {
        throw new SpoolError(
          'internal',
          `${batch.taskId} has ${task.chunkCount} chunks, but an append expected ${batch.expectedIndex}.`,
        )
      }
      const readPosition = { ...batch.offsets, decoderState: JSON.stringify(batch.decoderState) }
      append(task, { pieces: batch.pieces, at: batch.at, readPosition })
      if (batch.question !== undefined) {
        db.update(tasks)
          .set({
            question: batch.question,
            // A response to an earlier question does not answer this one.
            answer: null,
            status: batch.question === null ? 'streaming' : 'input_required',
          })
          .where(eq(tasks.key, task.key))
          .run()
      }
    },

    recordResponse(taskId: string, response: QuestionResponse): Task {
      const row = queries.tasks.require(taskId)
      if (
        row.status !== 'input_required' ||
        row.question?.id !== response.questionId ||
        row.answer !== null ||
        row.stopReason !== null
      ) {
        throw noQuestion(taskId)
      }
      db.update(tasks).set({ answer: response }).where(eq(tasks.key, row.key)).run()
      return toTask({ ...row, answer: response })
    },

    requestStop(taskId: string, reason: StopReason): StopReason | undefined {
      const row = queries.tasks.require(taskId)
      if (row.completedAt !== null) return undefined
      if (row.stopReason !== null) return row.stopReason
      db.update(tasks)
        .set({ stopReason: reason })
        .where(and(eq(tasks.key, row.key), isNull(tasks.stopReason)))
        .run()
      return reason
    },

    finish(finish: Finish): EndedTask {
      const before = queries.tasks.require(finish.taskId)
      const task = toTask(before)
      if (isEnded(task)) return task
      const counters = requireOwned(finish)
      const pieces = [...finish.pieces, finish.finalPiece]
      append(counters, { pieces, at: finish.at, lastIsFinal: true })
      const { outcome } = finish
      const completedAt = Math.max(finish.at, counters.lastChunkAt, counters.startedAt ?? 0)
      db.update(tasks)
        .set({
          status: outcome.status,
          endReason: endReasonOf(outcome),
          exitCode: outcome.exitCode,
          error: outcome.status === 'failed' ? outcome.error : null,
          completedAt,
          expiresAt: completedAt + counters.ttlMs,
          decoderState: null,
          question: null,
          answer: null,
          ...noProcess,
        })
        .where(eq(tasks.key, counters.key))
        .run()
      queries.sessions.touch(counters.sessionKey, completedAt)
      if (finish.agentSessionId !== null) {
        queries.sessions.setAgentSession(counters.sessionKey, finish.agentSessionId)
      }
      return toTask(queries.tasks.require(finish.taskId)) as EndedTask
    },

    active(): Run[] {
      return active.all().map(toRun)
    },
  }
}

const noProcess = { pid: null, pidStartTime: null, bootId: null }

function endReasonOf(outcome: Finish['outcome']) {
  if (outcome.status === 'completed') return 'exit' as const
  if (outcome.status === 'cancelled') return 'cancelled' as const
  return outcome.endReason
}
