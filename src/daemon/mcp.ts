import { VERSION } from '../config/version.js'
import type { LogFailure } from '../domain/errors.js'
import type { OperatorService } from '../domain/service.js'
import { type McpEndpoint, mcpEndpoint } from '../mcp/http/endpoint.js'
import { createServerDefinitions } from '../mcp/server.js'

/** The MCP endpoint of the daemon. In a separate file, because it is loaded with the first request. */
export function createMcpEndpoint(
  service: OperatorService,
  toolPrefix: string,
  log: LogFailure,
): McpEndpoint {
  return mcpEndpoint(createServerDefinitions({ service, version: VERSION, toolPrefix, log }), log)
}
