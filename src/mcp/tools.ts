import type { Tool } from './tool.js'
import { agentsList } from './tools/agents-list.js'
import { chat } from './tools/chat.js'
import { chatAsync } from './tools/chat-async.js'
import { exec } from './tools/exec.js'
import { history } from './tools/history.js'
import { pin } from './tools/pin.js'
import { purge } from './tools/purge.js'
import { sessionCreate } from './tools/session-create.js'
import { sessionEnd } from './tools/session-end.js'
import { sessionList } from './tools/session-list.js'
import { show } from './tools/show.js'
import { stats } from './tools/stats.js'
import { taskCancel } from './tools/task-cancel.js'
import { taskList } from './tools/task-list.js'
import { taskRespond } from './tools/task-respond.js'
import { taskSearch } from './tools/task-search.js'
import { taskStatus } from './tools/task-status.js'

/** What MCP clients may call. */
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

/** What the person at this machine may call beyond that. */
export const OPERATOR_TOOLS: readonly Tool[] = [exec, show, pin, purge, stats]
