import { ERRORS, type ErrorCode, RPC } from '../domain/errors.js'
import { type ErrorContext, toClientError } from './client-error.js'

/** A request that is answered with JSON-RPC's error object; both SDKs make it of these properties. */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly code: number
  readonly data: Record<string, unknown>

  /** @param code a code of the closed list, told in `data` beside the number */
  constructor(rpcCode: number, code: ErrorCode, sentence: string, data: Record<string, unknown> = {}) {
    super(sentence)
    this.code = rpcCode
    this.data = { code, ...data }
  }
}

/** Whatever was thrown, as JSON-RPC's error: refusals in their words, anything unforeseen only logged. */
export function toRpcError(error: unknown, place: ErrorContext): RpcError {
  if (error instanceof RpcError) return error
  const { code, message, field } = toClientError(error, place)
  return new RpcError(
    ERRORS[code].rpcCode ?? RPC.internal,
    code,
    message,
    field === undefined ? {} : { field },
  )
}

/** A request whose params are not right. */
export function invalidParams(sentence: string, data: Record<string, unknown> = {}): RpcError {
  return new RpcError(RPC.invalidParams, 'invalid_input', sentence, data)
}
