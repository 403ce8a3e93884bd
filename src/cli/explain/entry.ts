import type { ErrorCode } from '../../domain/errors.js'
import { exitCodeOf } from '../errors.js'
import { EXPLANATIONS } from './explanations.js'

/** All that is known of an error. */
export interface ErrorEntry {
  code: ErrorCode
  means: string
  causes: readonly string[]
  remedies: readonly string[]
  /** Of a command that ends with it. */
  exit_code: number
  /** Where it is told beside the command line; null where it is met on this machine alone. */
  http_status: string | null
  json_rpc_code: string | null
}

export function errorEntry(code: ErrorCode): ErrorEntry {
  const { means, causes, remedies, http = null, rpc } = EXPLANATIONS[code]
  return {
    code,
    means,
    causes,
    remedies,
    exit_code: exitCodeOf(code),
    http_status: http,
    json_rpc_code: rpc ?? usualRpcCode(code),
  }
}

/** As src/mcp/rpc-error.ts and src/http/responses.ts number them; a test compares. */
function usualRpcCode(code: ErrorCode): string | null {
  const { local, http } = EXPLANATIONS[code]
  if (local) return null
  if (http !== undefined) return '-32000'
  return OWN_FAILURES.test(code) ? '-32603' : '-32602'
}

/** Failures of spoold itself; the others are about what was asked. */
const OWN_FAILURES = /^(?:storage_\w+|shutting_down|internal)$/
