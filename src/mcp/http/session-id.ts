import { randomUUID } from 'node:crypto'
import type { ClientCapability } from '../call.js'
import { CLIENT_CAPABILITIES, readClientCapabilities } from '../client-capabilities.js'

/*
 * A client of 2025 declares its capabilities only once, in initialize. There are no sessions here; instead the response
 * gives the client a session id to repeat, which itself names the capabilities. So nothing is kept, no id is ever
 * unknown, and a restart changes nothing. A client without capabilities gets no id.
 */

/** Undefined if there is nothing to remember. */
export function sessionIdFor(capabilities: unknown): string | undefined {
  const names = [...readClientCapabilities(capabilities)]
  return names.length === 0 ? undefined : `${randomUUID()}.${names.join('.')}`
}

/** None for an id that is not ours. */
export function capabilitiesOfSession(sessionId: string | undefined): ReadonlySet<ClientCapability> {
  const names = new Set(sessionId?.split('.').slice(1) ?? [])
  return new Set(CLIENT_CAPABILITIES.filter((name) => names.has(name)))
}
