import type { CallContext } from '../../src/mcp/tools/tool.js'
import { NOON } from './memory-service.js'

/** What a call brings that asks for nothing special. */
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
