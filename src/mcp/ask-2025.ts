import { RPC } from '../domain/errors.js'
import type { Ask, ClientCapability, InputRequest } from './call.js'
import { capabilityFor } from './client-capabilities.js'
import { RpcError } from './rpc-error.js'

/** A person reads and decides. */
const PATIENCE_MS = 30 * 60_000

/** Sends a request of the server's in the stream of the call that is being answered. */
export type Send = (
  request: InputRequest,
  options: { signal: AbortSignal; timeout: number },
) => Promise<Record<string, unknown>>

/** How a call asks a client that can be asked in the middle of it; undefined where it can be asked nothing. */
export function askBy(send: Send, answers: ReadonlySet<ClientCapability>): Ask | undefined {
  if (answers.size === 0) return undefined
  return async (request, signal) => {
    const ability = capabilityFor(request)
    if (ability === undefined || !answers.has(ability)) {
      const sentence = `The call needs ${request.method}, which this client did not say that it answers`
      throw new RpcError(RPC.invalidRequest, 'invalid_input', sentence)
    }
    return send(request, { signal, timeout: PATIENCE_MS })
  }
}
