import { z } from 'zod'
import { durationMs, END_REASONS, isEnded, TASK_STATUSES, type Task } from '../../domain/task.js'
import { ellipsizeBytes, previewLine } from '../../domain/text.js'
import { questionResult, toQuestionResult } from './question.js'
import { iso, isoOrNull } from './time.js'

/** A task in a list: everything but its output. */
export const taskResult = z.object({
  task_id: z.string(),
  session_id: z.string(),
  agent: z.string(),
  message: z.string().describe('Its start'),
  status: z.enum(TASK_STATUSES),
  created_at: z.string(),
  started_at: z.string().nullable(),
  completed_at: z.string().nullable(),
  duration_seconds: z.number().nullable(),
  total_bytes_received: z.int(),
  chunks_count: z.int(),
  last_chunk_index: z.int().describe('Of the task so far; -1 if there is none'),
  last_output_at: z.string().nullable(),
  question: z.string().optional().describe('What the agent asks, if the status is input_required'),
  end_reason: z.enum(END_REASONS).nullable(),
  exit_code: z.int().nullable(),
  error: z.string().optional(),
  result: z.string().optional(),
  result_bytes: z.int().optional().describe('Size of a result that does not fit here'),
  pinned: z.boolean(),
  expires_at: z.string().nullable(),
})
export type TaskResult = z.infer<typeof taskResult>

/** Everything about one task. */
export const taskDetailResult = taskResult.omit({ question: true }).extend({
  question: questionResult.optional(),
  model: z.string().nullable(),
  argv: z.array(z.string()).nullable(),
  working_directory: z.string(),
  priority: z.int(),
  attempt: z.int(),
  ttl_seconds: z.number(),
  timeout_seconds: z.number().nullable(),
  stall_seconds: z.number().nullable(),
  text_bytes: z.int(),
  text: z.string().optional().describe('The start of the text chunks, joined'),
})
export type TaskDetailResult = z.infer<typeof taskDetailResult>

/** @param messageBytes bound for the message, a question and an error, each */
export function toTaskResult(task: Task, now: number, messageBytes: number): TaskResult {
  const duration = durationMs(task, now)
  const ended = isEnded(task)
  return {
    task_id: task.id,
    session_id: task.sessionId,
    agent: task.agent,
    message: previewLine(task.message, messageBytes),
    status: task.status,
    created_at: iso(task.createdAt),
    started_at: task.status === 'pending' ? null : isoOrNull(task.startedAt),
    completed_at: ended ? iso(task.completedAt) : null,
    duration_seconds: duration === null ? null : duration / 1000,
    total_bytes_received: task.bytes,
    chunks_count: task.chunkCount,
    last_chunk_index: task.chunkCount - 1,
    last_output_at: isoOrNull(task.lastOutputAt),
    ...(task.status === 'input_required'
      ? { question: ellipsizeBytes(task.question.text, messageBytes) }
      : {}),
    end_reason: ended ? task.endReason : null,
    exit_code: ended ? task.exitCode : null,
    ...(task.status === 'failed' ? { error: ellipsizeBytes(task.error, messageBytes) } : {}),
    pinned: task.pinned,
    expires_at: ended && !task.pinned ? iso(task.expiresAt) : null,
  }
}

export function toTaskDetailResult(task: Task, now: number): TaskDetailResult {
  const { question: _text, ...facts } = toTaskResult(task, now, 100_000)
  return {
    ...facts,
    ...(task.status === 'input_required' ? { question: toQuestionResult(task.question) } : {}),
    message: task.message,
    model: task.model,
    argv: task.argv,
    working_directory: task.workingDirectory,
    priority: task.priority,
    attempt: task.attempt,
    ttl_seconds: task.ttlMs / 1000,
    timeout_seconds: task.timeoutMs === null ? null : task.timeoutMs / 1000,
    stall_seconds: task.stallMs === null ? null : task.stallMs / 1000,
    text_bytes: task.textBytes,
  }
}
