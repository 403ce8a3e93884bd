import type { ToolResult } from '../tools/tool.js'

/** Size in bytes of an answer as it goes over the wire, without the JSON-RPC envelope. */
export function serializedBytes({ structured, text, links = [] }: ToolResult<unknown>): number {
  const content = [{ type: 'text', text }, ...links]
  return Buffer.byteLength(JSON.stringify({ content, structuredContent: structured }))
}

/** How many bytes a text adds to a JSON string, its escapes among them. */
export function escapedBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2
}
