import type { ErrorCode } from '../../domain/errors.js'
import { DAEMON } from './explanations/daemon.js'
import { REQUESTS } from './explanations/requests.js'
import { STORAGE } from './explanations/storage.js'
import { TASKS } from './explanations/tasks.js'

/** Sentences in Markdown; a terminal shows the backticks as they are. */
export interface Explanation {
  /** What has happened, in one sentence. */
  means: string
  /** Possible causes, the most common first. */
  causes: readonly string[]
  /** What to do, in the order to try. */
  remedies: readonly string[]
  /** HTTP statuses in words, if the error has several. */
  http?: string
  /** The same for JSON-RPC codes. */
  rpc?: string
}

/** The explanation of each error code; `spoold explain` and docs/errors.md (page.ts) show it. */
export const EXPLANATIONS: Readonly<Record<ErrorCode, Explanation>> = {
  ...TASKS,
  ...REQUESTS,
  ...DAEMON,
  ...STORAGE,
}
