import { JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js'
import { RPC } from '../../domain/errors.js'
import type { RpcMessage } from '../rpc-message.js'

const NEWLINE = 0x0a

/** A line without its end, or a marker for one that is longer than allowed. */
export type Line = { text: string } | 'too_long'

/** The response to a line that is not a message, and the sentence for a person. */
export interface InvalidLine {
  response: RpcMessage
  sentence: string
}

/**
 * Splits a stream of bytes into lines, however the bytes are cut into chunks, holding at most one line of `maxBytes`. A
 * longer line is reported once, as soon as it is too long, and skipped to its end.
 */
export class LineReader {
  readonly #maxBytes: number
  #parts: Buffer[] = []
  #length = 0
  #isTooLong = false

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The lines that end in these bytes. */
  push(bytes: Buffer): Line[] {
    const lines: Line[] = []
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      if (this.#append(bytes.subarray(start, end))) lines.push('too_long')
      if (!this.#isTooLong)
        lines.push({ text: Buffer.concat(this.#parts).toString('utf8').replace(/\r$/, '') })
      this.#clear()
      this.#isTooLong = false
      start = end + 1
    }
    if (this.#append(bytes.subarray(start))) lines.push('too_long')
    return lines
  }

  /** True if this makes the line too long. */
  #append(part: Buffer): boolean {
    if (this.#isTooLong) return false
    this.#length += part.length
    this.#isTooLong = this.#length > this.#maxBytes
    if (this.#isTooLong) this.#clear()
    else this.#parts.push(part)
    return this.#isTooLong
  }

  #clear(): void {
    this.#parts = []
    this.#length = 0
  }
}

/** The message of a line; another line gets a JSON-RPC error as its response, under its id if it has one. */
export function parseLine(line: Line, maxBytes: number): { message: RpcMessage } | InvalidLine {
  if (line === 'too_long') {
    return invalidLine(RPC.invalidRequest, `The line is longer than ${maxBytes} bytes; send shorter messages`)
  }
  const value = parse(line.text)
  if (value === undefined) {
    return invalidLine(RPC.parse, 'The line is not JSON; send one JSON-RPC message per line, as UTF-8')
  }
  const parsed = JSONRPCMessageSchema.safeParse(value)
  if (parsed.success) return { message: parsed.data as RpcMessage }
  const sentence = 'The line is not a JSON-RPC message; send one per line'
  return invalidLine(RPC.invalidRequest, sentence, idOf(value))
}

function invalidLine(code: number, sentence: string, id?: string | number): InvalidLine {
  const response = { jsonrpc: '2.0' as const, error: { code, message: sentence } }
  return { response: id === undefined ? response : { ...response, id }, sentence }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function idOf(value: unknown): string | number | undefined {
  if (typeof value !== 'object' || value === null || !('id' in value)) return undefined
  const { id } = value
  return typeof id === 'string' || typeof id === 'number' ? id : undefined
}
