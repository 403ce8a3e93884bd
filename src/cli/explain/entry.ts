import { ERRORS, type ErrorCode } from '../../domain/errors.js'
import { EXPLANATIONS } from './explanations.js'

/** An error code with its explanation and numbers. */
export interface ErrorEntry {
  code: ErrorCode
  means: string
  causes: readonly string[]
  remedies: readonly string[]
  /** Exit code of a command that fails with it. */
  exit_code: number
  /** Null if the error never occurs over HTTP. */
  http_status: string | null
  json_rpc_code: string | null
}

export function errorEntry(code: ErrorCode): ErrorEntry {
  const { means, causes, remedies, http, rpc } = EXPLANATIONS[code]
  const { exitCode, httpStatus, rpcCode } = ERRORS[code]
  return {
    code,
    means,
    causes,
    remedies,
    exit_code: exitCode,
    http_status: http ?? textOf(httpStatus),
    json_rpc_code: rpc ?? textOf(rpcCode),
  }
}

function textOf(number: number | null): string | null {
  return number === null ? null : String(number)
}
