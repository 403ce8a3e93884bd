import { ERROR_CODES, type ErrorCode } from '../domain/errors.js'

const CODES: ReadonlySet<unknown> = new Set(ERROR_CODES)

/** A code as it came over the wire; what this version does not know is `internal`. */
export function toErrorCode(code: unknown): ErrorCode {
  return CODES.has(code) ? (code as ErrorCode) : 'internal'
}
