import type { CallContext } from '../../src/mcp/tools/tool.js'
import { NOON } from './memory-service.js'

/** The context of a plain call: no progress, no person, no capabilities. */
export function callContext(over: Partial<CallContext> = {}): CallContext {
  return {
    signal: new AbortController().signal,
    attended: false,
    clientCapabilities: new Set(),
    now: () => NOON,
    maxBytes: 10_000,
    tool: (name) => `kiro_${name}`,
    ...over,
  }
}
