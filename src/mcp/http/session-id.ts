import { randomUUID } from 'node:crypto'
import type { Call } from '../call.js'
import { CLIENT_CAPABILITIES, readClientCapabilities } from '../client-capabilities.js'

/*
 * A client of 2025 tells what it can be asked only once, in initialize. There are no sessions here; but its answer gives
 * the client a session id to repeat, and that id says by itself what the client can do. So nothing is kept, no id is
 * ever unknown, and a restart changes nothing. A client that can be asked nothing gets none.
 */

/** The id for a client with these capabilities; undefined where there is nothing to remember. */
export function sessionIdFor(capabilities: unknown): string | undefined {
  const kinds = [...readClientCapabilities(capabilities)]
  return kinds.length === 0 ? undefined : `${randomUUID()}.${kinds.join('.')}`
}

/** What the client with this session id can be asked; nothing by an id that is not ours. */
export function abilitiesBy(sessionId: string | undefined): Call['clientCapabilities'] {
  const words = new Set(sessionId?.split('.').slice(1) ?? [])
  return new Set(CLIENT_CAPABILITIES.filter((kind) => words.has(kind)))
}
