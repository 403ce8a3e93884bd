import { isLoopback } from '../domain/loopback.js'
import { describeValue } from '../domain/text.js'
import type { HttpError } from './responses.js'

/**
 * Lets pass only requests that name this machine and the bound port: a web page that makes a foreign name resolve to
 * 127.0.0.1 (DNS rebinding) still sends that name.
 */
export function validateHost(header: string | undefined, port: number): HttpError | undefined {
  const { name, port: named } =
    /^(?<name>\[[^\]]*\]|[^:]*)(?::(?<port>\d+))?$/.exec(header ?? '')?.groups ?? {}
  if (name !== undefined && isLoopback(name) && Number(named ?? 80) === port) return undefined
  return {
    status: 403,
    code: 'forbidden',
    message: `Host ${describeValue(header ?? '')} is not served here; use http://127.0.0.1:${port}`,
  }
}
