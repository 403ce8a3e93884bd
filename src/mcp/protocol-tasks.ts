import type { TaskService } from '../domain/service.js'
import type { Task } from '../domain/task.js'
import type { CallResult } from './call.js'
import type { LogFailure } from './client-error.js'
import type { ToolNames } from './wording.js'

/** Tasks of the protocol: a view of the service's tasks, for each generation's adapter to put into its own words. */
export interface ProtocolTasks {
  service: TaskService
  /** ms since 1970. */
  now: () => number
  /** Puts our names of tools into those that the caller knows. */
  tool: ToolNames
  log: LogFailure
  /** What the call that started the ended task answers in the end. Not for one that could not be run. */
  result(task: Task): Promise<CallResult>
}
