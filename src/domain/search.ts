import type { TaskStatus } from './task.js'

/** What stands before and after each word that was found, in a snippet. */
export const MARKS = { before: '«', after: '»' } as const

export interface SearchQuery {
  /**
   * Words that are all to occur, in any order and any case: `"quoted words"` next to each other, `begin*` as the beginning
   * of a word. Whatever else stands there parts words.
   */
  words: string
  sessionId?: string | undefined
  agent?: string | undefined
  /** Only tasks created at or after this, ms since 1970. */
  createdSince?: number | undefined
  /** Most tasks that are told. */
  limit: number
}

export interface SearchPage {
  /** Best first; of what is equally good the newest task first. */
  matches: SearchMatch[]
  /** Tasks in which the words were found, told or not. */
  taskCount: number
  /** Tasks of which something is not searchable yet: spoold is at it. The output of an active task is not among it. */
  waitingCount: number
}

/** A task in which the words were found, and the best place in it. */
export interface SearchMatch {
  taskId: string
  sessionId: string
  agent: string
  status: TaskStatus
  createdAt: number
  completedAt: number | null
  /** The beginning of it. */
  message: string
  /** Passages of the task in which the words were found; one has at most some 64 KiB. */
  passages: number
  /** The chunk in which the best place begins; null where that is in the message. */
  chunkIndex: number | null
  /** The best place, on several lines where the text has them, with MARKS around what was found. */
  snippet: string
}
