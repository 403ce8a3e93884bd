import {
  CLIENT_CAPABILITIES_META_KEY,
  LOG_LEVEL_META_KEY,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { Caller } from '../domain/service.js'
import { type Call, isAttended, LOG_LEVELS, type LogLevel, progressTokenOf } from './call.js'
import { readClientCapabilities } from './client-capabilities.js'

export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks'

export interface Call2026 extends Call {
  /** The client declares the tasks extension with this request. */
  supportsTasks: boolean
}

/** A call of 2026-07-28, which carries what its client supports in the request's `_meta`. */
export function call2026(
  { mcpReq }: ServerContext,
  { caller, sendsLogs }: { caller: Caller; sendsLogs: boolean },
): Call2026 {
  const meta = (mcpReq._meta ?? {}) as Record<string, unknown>
  const envelope = (mcpReq.envelope ?? {}) as Record<string, unknown>
  const progressToken = progressTokenOf(meta)
  const { inputResponses } = mcpReq
  const requestState = mcpReq.requestState()
  const threshold = LOG_LEVELS.indexOf(envelope[LOG_LEVEL_META_KEY] as LogLevel)
  const log = async (level: LogLevel, data: unknown) => {
    if (LOG_LEVELS.indexOf(level) < threshold) return
    await mcpReq.notify({ method: 'notifications/message', params: { level, data } })
  }
  return {
    signal: mcpReq.signal,
    attended: isAttended(caller, meta),
    ...readClient2026(envelope[CLIENT_CAPABILITIES_META_KEY]),
    ...(progressToken === undefined
      ? {}
      : {
          progress: (progress) =>
            mcpReq.notify({ method: 'notifications/progress', params: { progressToken, ...progress } }),
        }),
    ...(sendsLogs && threshold >= 0 ? { log } : {}),
    ...(inputResponses === undefined ? {} : { inputResponses }),
    ...(typeof requestState === 'string' ? { requestState } : {}),
  }
}

/** What a client declares with a request. */
export function readClient2026(
  capabilities: unknown,
): Pick<Call2026, 'clientCapabilities' | 'supportsTasks'> {
  const { extensions } = (capabilities ?? {}) as { extensions?: Record<string, unknown> }
  return {
    clientCapabilities: readClientCapabilities(capabilities),
    supportsTasks: extensions?.[TASKS_EXTENSION] !== undefined,
  }
}
