import { ERROR_ACTIONS, ERROR_META, SpoolError } from '../domain/errors.js'
import type { DaemonLink, SendOptions } from './daemon-connection.js'
import { toErrorCode } from './error-code.js'

/**
 * Calls one tool and gives its structuredContent. The server keeps no sessions, so this is one POST without a
 * handshake. An answer that is an error becomes the SpoolError that it was in the daemon.
 *
 * @typeParam Answer what the tool's answer schema says; the daemon that answers is trusted to keep to it
 */
export async function callTool<Answer>(
  link: DaemonLink,
  name: string,
  args: object,
  options: SendOptions & { meta?: Record<string, unknown> | undefined },
): Promise<Answer> {
  const { meta } = options
  const params = { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) }
  const answer = await link.send(() => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }), options)
  if (answer?.error !== undefined)
    throw toSpoolError({ ...dataOf(answer.error), message: answer.error.message }, undefined)
  const content = answer?.result?.structuredContent
  if (content === undefined) throw new SpoolError('internal', `The daemon gave no answer to ${name}`)
  const { isError, _meta } = answer?.result ?? {}
  if (isError === true)
    throw toSpoolError(content, (_meta as Record<string, unknown> | undefined)?.[ERROR_META])
  return content as Answer
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
    return new SpoolError(toErrorCode(code), problem, {
      ...details,
      isPredicate: isPredicate === true,
      action: known,
    })
  }
  const sentence = typeof message === 'string' ? message : 'The daemon failed without a reason'
  return new SpoolError(toErrorCode(code), sentence, details)
}
