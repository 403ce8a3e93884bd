import { VERSION } from '../config/version.js'
import type { OperatorService } from '../domain/service.js'
import { type McpEndpoint, mcpEndpoint } from '../http/mcp-endpoint.js'
import type { LogFailure } from '../mcp/refusal.js'
import { createOffers } from '../mcp/spoold-offer.js'

/** What is offered over MCP, on its endpoint. */
export function serveMcp(service: OperatorService, toolPrefix: string, log: LogFailure): McpEndpoint {
  return mcpEndpoint(createOffers({ service, version: VERSION, toolPrefix, log }), log)
}
