import { ERRORS, type ErrorCode, RPC } from '../domain/errors.js'
import { type ErrorContext, toClientError } from './client-error.js'

/** A request that fails with a JSON-RPC error; the SDK builds the error object from these properties. */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly code: number
  readonly data: Record<string, unknown>

  /** @param code a code of the closed list, sent in `data` beside the number */
  constructor(rpcCode: number, code: ErrorCode, sentence: string, data: Record<string, unknown> = {}) {
    super(sentence)
    this.code = rpcCode
    this.data = { code, ...data }
  }
}

/** Any error as a JSON-RPC error: our own in their words, an unexpected one only logged. */
export function toRpcError(error: unknown, context: ErrorContext): RpcError {
  if (error instanceof RpcError) return error
  const { code, message, field } = toClientError(error, context)
  return new RpcError(
    ERRORS[code].rpcCode ?? RPC.internal,
    code,
    message,
    field === undefined ? {} : { field },
  )
}

export function invalidParams(sentence: string, data: Record<string, unknown> = {}): RpcError {
  return new RpcError(RPC.invalidParams, 'invalid_input', sentence, data)
}
