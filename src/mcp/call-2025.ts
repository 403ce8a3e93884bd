import type { RequestMethod, ServerContext } from '@modelcontextprotocol/server'
import { RPC } from '../domain/errors.js'
import type { Caller } from '../domain/service.js'
import type { Call, ClientCapability, InputRequest, LogLevel } from './call.js'
import { isAttended, progressTokenOf } from './call.js'
import { capabilityFor } from './client-capabilities.js'
import { RpcError } from './rpc-error.js'

/** A person reads and decides. */
const REQUEST_TIMEOUT_MS = 30 * 60_000

/** A client of 2025-11-25 or older, as far as one of its requests shows. */
export interface Client2025 {
  capabilities: ReadonlySet<ClientCapability>
  /** Messages can be sent to it before the result. */
  acceptsStream: boolean
}

/** A call of these revisions: it can report progress and ask the client in the stream of its response. */
export function call2025(
  { mcpReq }: ServerContext,
  client: Client2025,
  { caller, sendsLogs }: { caller: Caller; sendsLogs: boolean },
): Call {
  const meta = (mcpReq._meta ?? {}) as Record<string, unknown>
  const base = { signal: mcpReq.signal, attended: isAttended(caller, meta) }
  if (!client.acceptsStream) return { ...base, clientCapabilities: new Set() }
  const progressToken = progressTokenOf(meta)
  const { capabilities } = client
  const log = (level: LogLevel, data: unknown) =>
    mcpReq.notify({ method: 'notifications/message', params: { level, data } })
  const request = async (input: InputRequest, signal: AbortSignal) => {
    assertSupported(input, capabilities)
    return mcpReq.send(input as InputRequest & { method: RequestMethod }, {
      signal,
      timeout: REQUEST_TIMEOUT_MS,
    })
  }
  return {
    ...base,
    clientCapabilities: capabilities,
    ...(capabilities.size === 0 ? {} : { request }),
    ...(progressToken === undefined
      ? {}
      : {
          progress: (progress) =>
            mcpReq.notify({ method: 'notifications/progress', params: { progressToken, ...progress } }),
        }),
    ...(sendsLogs ? { log } : {}),
  }
}

function assertSupported(input: InputRequest, capabilities: ReadonlySet<ClientCapability>): void {
  const capability = capabilityFor(input)
  if (capability !== undefined && capabilities.has(capability)) return
  const sentence = `The call needs ${input.method}, which this client does not declare to support`
  throw new RpcError(RPC.invalidRequest, 'invalid_input', sentence)
}
