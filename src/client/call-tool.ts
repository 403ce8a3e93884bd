import { ERROR_ACTIONS, ERROR_META, parseErrorCode, SpoolError } from '../domain/errors.js'
import type { DaemonConnection, SendOptions } from './daemon-connection.js'

/**
 * Calls one tool and resolves to its structuredContent. The server keeps no sessions, so this is one POST without a
 * handshake. An error result becomes the SpoolError that it was in the daemon.
 *
 * @typeParam Result the type of the tool's result schema; the daemon is trusted to keep to it
 */
export async function callTool<Result>(
  connection: DaemonConnection,
  name: string,
  args: object,
  options: SendOptions & { meta?: Record<string, unknown> | undefined },
): Promise<Result> {
  const { meta } = options
  const params = { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) }
  const response = await connection.send(
    () => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
    options,
  )
  if (response?.error !== undefined)
    throw toSpoolError({ ...dataOf(response.error), message: response.error.message }, undefined)
  const content = response?.result?.structuredContent
  if (content === undefined) throw new SpoolError('internal', `The daemon returned no result for ${name}`)
  const { isError, _meta } = response?.result ?? {}
  if (isError === true)
    throw toSpoolError(content, (_meta as Record<string, unknown> | undefined)?.[ERROR_META])
  return content as Result
}

function dataOf({ data }: { data?: unknown }): object {
  return typeof data === 'object' && data !== null ? data : {}
}

/** The error as the daemon threw it, so that the caller can word it; an older daemon gives only its own sentence. */
function toSpoolError(content: unknown, meta: unknown): SpoolError {
  const { code, message, field } = (content ?? {}) as { code?: unknown; message?: unknown; field?: unknown }
  const { problem, isPredicate, action } = (meta ?? {}) as {
    problem?: unknown
    isPredicate?: unknown
    action?: unknown
  }
  const details = typeof field === 'string' ? { field } : {}
  if (typeof problem === 'string') {
    const known = ERROR_ACTIONS.find((each) => each === action)
    return new SpoolError(parseErrorCode(code), problem, {
      ...details,
      isPredicate: isPredicate === true,
      action: known,
    })
  }
  const sentence = typeof message === 'string' ? message : 'The daemon failed without a reason'
  return new SpoolError(parseErrorCode(code), sentence, details)
}
