import type { TaskStatus } from './task.js'

/** Markers around each match in a snippet. */
export const MARKS = { before: '«', after: '»' } as const

export interface SearchQuery {
  /**
   * Words that must all occur, in any order and case: `"quoted words"` next to each other, `prefix*` as the start of a
   * word. Any other character separates words.
   */
  words: string
  sessionId?: string | undefined
  agent?: string | undefined
  /** Only tasks created at or after this, ms since 1970. */
  createdSince?: number | undefined
  /** Maximum number of tasks. */
  limit: number
}

export interface SearchPage {
  /** Best first; among equals the newest task first. */
  matches: SearchMatch[]
  /** Tasks that match, listed or not. */
  taskCount: number
  /** Tasks that are not completely indexed yet, except for the output of active tasks. */
  waitingCount: number
}

/** A task that matches, and the best passage in it. */
export interface SearchMatch {
  taskId: string
  sessionId: string
  agent: string
  status: TaskStatus
  createdAt: number
  completedAt: number | null
  /** Its start. */
  message: string
  /** Passages of the task that match; each has at most about 64 KiB. */
  passages: number
  /** The chunk in which the best passage begins; null if it is in the message. */
  chunkIndex: number | null
  /** The best passage with MARKS around the matches; it may have several lines. */
  snippet: string
}
