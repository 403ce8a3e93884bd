import type { ErrorCode } from '../domain/errors.js'
import { type ErrorContext, toClientError } from './client-error.js'

/** JSON-RPC's numbers, and those that MCP adds. */
export const RPC = {
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internal: -32_603,
  /** Of MCP until 2025-11-25; later revisions say invalidParams. */
  resourceNotFound: -32_002,
  missingClientCapability: -32_021,
} as const

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

/** Failures of spoold's own; every other refusal is about what the client asked. */
const OURS: ReadonlySet<ErrorCode> = new Set([
  'internal',
  'shutting_down',
  'storage_full',
  'storage_readonly',
  'storage_corrupt',
  'storage_newer',
  'storage_busy',
  'storage_failed',
])

/** Whatever was thrown, as JSON-RPC's error: refusals in their words, anything unforeseen only logged. */
export function toRpcError(error: unknown, place: ErrorContext): RpcError {
  if (error instanceof RpcError) return error
  const { code, message, field } = toClientError(error, place)
  const rpcCode = OURS.has(code) ? RPC.internal : RPC.invalidParams
  return new RpcError(rpcCode, code, message, field === undefined ? {} : { field })
}

/** A request whose params are not right. */
export function invalidParams(sentence: string, data: Record<string, unknown> = {}): RpcError {
  return new RpcError(RPC.invalidParams, 'invalid_input', sentence, data)
}
