import { agentsList } from './agents-list.js'
import { chat } from './chat.js'
import { chatAsync } from './chat-async.js'
import { exec } from './exec.js'
import { history } from './history.js'
import { pin } from './pin.js'
import { purge } from './purge.js'
import { sessionCreate } from './session-create.js'
import { sessionEnd } from './session-end.js'
import { sessionList } from './session-list.js'
import { show } from './show.js'
import { stats } from './stats.js'
import { taskCancel } from './task-cancel.js'
import { taskList } from './task-list.js'
import { taskRespond } from './task-respond.js'
import { taskSearch } from './task-search.js'
import { taskStatus } from './task-status.js'
import type { Tool } from './tool.js'

/** For MCP clients. */
export const CLIENT_TOOLS: readonly Tool[] = [
  chatAsync,
  chat,
  taskStatus,
  taskCancel,
  taskRespond,
  taskList,
  taskSearch,
  sessionCreate,
  sessionList,
  sessionEnd,
  agentsList,
  history,
]

/** Also for the person at this machine. */
export const OPERATOR_TOOLS: readonly Tool[] = [exec, show, pin, purge, stats]
