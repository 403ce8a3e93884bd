import { VERSION } from '../config/version.js'
import type { LogFailure } from '../domain/errors.js'
import type { OperatorService } from '../domain/service.js'
import { type McpEndpoint, mcpEndpoint } from '../mcp/http/endpoint.js'
import { createServerDefinitions } from '../mcp/server.js'

/** What is offered over MCP, on its endpoint. */
export function serveMcp(service: OperatorService, toolPrefix: string, log: LogFailure): McpEndpoint {
  return mcpEndpoint(createServerDefinitions({ service, version: VERSION, toolPrefix, log }), log)
}
