import {
  CLIENT_CAPABILITIES_META_KEY,
  LOG_LEVEL_META_KEY,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { LogLevel } from './call.js'
import { type Caller, isAttended } from './caller.js'
import { readClientCapabilities } from './client-capabilities.js'
import type { ServerDefinition } from './server-definition.js'
import { TASKS_EXTENSION, type TaskCall } from './tasks-2026.js'

const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const

/** What a request of 2026-07-28 brings along in its `_meta`, and how it is told of progress. */
export function callOf({ mcpReq }: ServerContext, offer: ServerDefinition, caller: Caller): TaskCall {
  const meta = (mcpReq._meta ?? {}) as Record<string, unknown>
  const envelope = (mcpReq.envelope ?? {}) as Record<string, unknown>
  const { clientCapabilities: answers, knowsTasks } = readCapabilities(envelope[CLIENT_CAPABILITIES_META_KEY])
  const { progressToken } = meta
  const { inputResponses } = mcpReq
  const requestState = mcpReq.requestState()
  const threshold = LEVELS.indexOf(envelope[LOG_LEVEL_META_KEY] as LogLevel)
  const log = async (level: LogLevel, data: unknown) => {
    if (LEVELS.indexOf(level) < threshold) return
    await mcpReq.notify({ method: 'notifications/message', params: { level, data } })
  }
  return {
    signal: mcpReq.signal,
    attended: isAttended(caller, meta),
    clientCapabilities: answers,
    knowsTasks,
    ...(typeof progressToken === 'string' || typeof progressToken === 'number'
      ? {
          progress: (progress) =>
            mcpReq.notify({ method: 'notifications/progress', params: { progressToken, ...progress } }),
        }
      : {}),
    ...(offer.logs === true && threshold >= 0 ? { log } : {}),
    ...(inputResponses === undefined ? {} : { inputResponses }),
    ...(typeof requestState === 'string' ? { requestState } : {}),
  }
}

/** What a request's client capabilities say of it. */
export function readCapabilities(capabilities: unknown): Pick<TaskCall, 'clientCapabilities' | 'knowsTasks'> {
  const { extensions } = (capabilities ?? {}) as { extensions?: Record<string, unknown> }
  return {
    clientCapabilities: readClientCapabilities(capabilities),
    knowsTasks: extensions?.[TASKS_EXTENSION] !== undefined,
  }
}
