import type { ErrorCode } from '../../domain/errors.js'
import type { Explanation } from './explanation.js'
import { DAEMON } from './explanations/daemon.js'
import { REQUESTS } from './explanations/requests.js'
import { STORAGE } from './explanations/storage.js'
import { TASKS } from './explanations/tasks.js'

/** Each error of the closed list: `spoold explain` prints it, and docs/errors.md is made of it (page.ts). */
export const EXPLANATIONS: Readonly<Record<ErrorCode, Explanation>> = {
  ...TASKS,
  ...REQUESTS,
  ...DAEMON,
  ...STORAGE,
}
