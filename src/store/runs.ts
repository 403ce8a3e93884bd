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
import type { ChunkQueries } from './chunks.js'
import { taskColumns, toRun, toTask } from './rows.js'
import type { SessionQueries } from './sessions.js'
import type { ReadPosition, TaskCounterQueries, TaskCounters } from './task-counters.js'
import type { TaskQueries } from './tasks.js'

/** Queries over a task's execution, from claim to finish; each runs inside the caller's step. */
export function runQueries(
  db: BetterSQLite3Database,
  queries: { tasks: TaskQueries; heads: TaskCounterQueries; sessions: SessionQueries; chunks: ChunkQueries },
) {
  const underWay = db
    .select(taskColumns)
    .from(tasks)
    .innerJoin(sessions, eq(sessions.key, tasks.sessionKey))
    .where(
      sql`${tasks.status} IN ('pending', 'running', 'streaming', 'input_required') AND (${tasks.status} <> 'pending' OR ${tasks.stopReason} IS NOT NULL)`,
    )
    .orderBy(tasks.key)
    .prepare()
  // The index's own literal list lets SQLite use the partial index of active tasks.
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

  const { owned } = queries.heads

  function addChunks(
    head: TaskCounters,
    {
      pieces,
      at,
      lastIsFinal = false,
      readPosition,
    }: { pieces: Piece[]; at: number; lastIsFinal?: boolean; readPosition?: ReadPosition },
  ): void {
    const chunkAt = pieces.length === 0 ? head.lastChunkAt : Math.max(at, head.lastChunkAt)
    const added = queries.chunks.insert(head.key, head.chunkCount, pieces, chunkAt, lastIsFinal)
    queries.heads.advance(head, added, chunkAt, readPosition)
  }

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
      return toRun(queries.tasks.mustFind(found.id))
    },

    announceLaunch(run: AttemptKey, decoderState: Json): void {
      db.update(tasks)
        .set({ decoderState, outOffset: 0, errOffset: 0 })
        .where(eq(tasks.key, owned(run).key))
        .run()
    },

    recordProcess(run: AttemptKey, identity: ProcessIdentity, pieces: Piece[], at: number): void {
      const row = owned(run)
      db.update(tasks)
        .set({ pid: identity.pid, pidStartTime: identity.startTime, bootId: identity.bootId })
        .where(eq(tasks.key, row.key))
        .run()
      addChunks(row, { pieces, at })
    },

    releaseClaim(run: AttemptKey): void {
      db.update(tasks)
        .set({ status: 'pending', startedAt: null, ...noProcess })
        .where(eq(tasks.key, owned(run).key))
        .run()
    },

    append(append: Append): void {
      const row = owned(append)
      if (row.chunkCount !== append.expectedIndex) {
        throw new SpoolError(
          'internal',
          `${append.taskId} has ${row.chunkCount} chunks, an append expected ${append.expectedIndex}.`,
        )
      }
      const readPosition = { ...append.offsets, decoderState: JSON.stringify(append.decoderState) }
      addChunks(row, { pieces: append.pieces, at: append.at, readPosition })
      if (append.question !== undefined) {
        db.update(tasks)
          .set({
            question: append.question,
            // What was answered to another question is no answer to this one.
            answer: null,
            status: append.question === null ? 'streaming' : 'input_required',
          })
          .where(eq(tasks.key, row.key))
          .run()
      }
    },

    recordAnswer(taskId: string, answer: QuestionResponse): Task {
      const row = queries.tasks.mustFind(taskId)
      if (
        row.status !== 'input_required' ||
        row.question?.id !== answer.questionId ||
        row.answer !== null ||
        row.stopReason !== null
      ) {
        throw noQuestion(taskId)
      }
      db.update(tasks).set({ answer }).where(eq(tasks.key, row.key)).run()
      return toTask({ ...row, answer })
    },

    requestStop(taskId: string, reason: StopReason): StopReason | undefined {
      const row = queries.tasks.mustFind(taskId)
      if (row.completedAt !== null) return undefined
      if (row.stopReason !== null) return row.stopReason
      db.update(tasks)
        .set({ stopReason: reason })
        .where(and(eq(tasks.key, row.key), isNull(tasks.stopReason)))
        .run()
      return reason
    },

    finish(finish: Finish): EndedTask {
      const before = queries.tasks.mustFind(finish.taskId)
      const task = toTask(before)
      if (isEnded(task)) return task
      const row = owned(finish)
      addChunks(row, { pieces: [...finish.pieces, finish.finalPiece], at: finish.at, lastIsFinal: true })
      const { outcome } = finish
      const completedAt = Math.max(finish.at, row.lastChunkAt, row.startedAt ?? 0)
      db.update(tasks)
        .set({
          status: outcome.status,
          endReason: endReasonOf(outcome),
          exitCode: outcome.exitCode,
          error: outcome.status === 'failed' ? outcome.error : null,
          completedAt,
          expiresAt: completedAt + row.ttlMs,
          decoderState: null,
          question: null,
          answer: null,
          ...noProcess,
        })
        .where(eq(tasks.key, row.key))
        .run()
      queries.sessions.touch(row.sessionKey, completedAt)
      if (finish.agentSessionId !== null) {
        queries.sessions.rememberAgentSession(row.sessionKey, finish.agentSessionId)
      }
      return toTask(queries.tasks.mustFind(finish.taskId)) as EndedTask
    },

    underWay(): Run[] {
      return underWay.all().map(toRun)
    },
  }
}

const noProcess = { pid: null, pidStartTime: null, bootId: null }

function endReasonOf(outcome: Finish['outcome']) {
  if (outcome.status === 'completed') return 'exit' as const
  if (outcome.status === 'cancelled') return 'cancelled' as const
  return outcome.endReason
}
