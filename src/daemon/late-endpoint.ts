import type { McpEndpoint } from '../http/mcp-endpoint.js'

/**
 * The MCP endpoint, loaded and made when the first request comes: its packages are most of what the daemon would load at
 * its start, and one that only adopts what ran, or only waits, needs none of them.
 */
export function lateEndpoint(load: () => Promise<McpEndpoint>): McpEndpoint {
  let loading: Promise<McpEndpoint> | undefined
  let loaded: McpEndpoint | undefined
  let isFinishing = false

  async function endpoint(): Promise<McpEndpoint> {
    loading ??= load()
    loaded = await loading
    if (isFinishing) loaded.finish()
    return loaded
  }

  return {
    handle: async (exchange) => (loaded ?? (await endpoint())).handle(exchange),
    finish() {
      isFinishing = true
      loaded?.finish()
    },
    async close() {
      await (await loading)?.close()
    },
  }
}
