import { z } from 'zod'
import { isObject } from '../../domain/json.js'
import { cleanBytes } from './text.js'

/** Longer lines are dropped; the lines of real agents, even with files in them, are far shorter. */
const MAX_LINE_BYTES = 16 * 1024 * 1024

export const jsonLinesStateSchema = z.object({
  /** Bytes dropped of the current line, which is too long; 0 otherwise. */
  dropping: z.int().min(0),
})
export type JsonLinesState = z.output<typeof jsonLinesStateSchema>

/** One line: a JSON object, other text (cleaned), or the size in bytes of a line that was too long. */
export type JsonLine = { object: Record<string, unknown> } | { text: string } | { droppedBytes: number }

/**
 * Splits bytes into lines of JSON. The incomplete line is unsettled and kept in memory until its end, or until it
 * is too long; dropped bytes are settled, so memory is bounded. Blank lines are skipped.
 */
export class JsonLines {
  readonly #longest: number
  #parts: Buffer[] = []
  #unsettled = 0
  #dropping: number

  constructor(state: JsonLinesState = { dropping: 0 }, longestLineBytes = MAX_LINE_BYTES) {
    this.#dropping = state.dropping
    this.#longest = longestLineBytes
  }

  push(bytes: Uint8Array): JsonLine[] {
    const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const lines: JsonLine[] = []
    let start = 0
    for (let newline = input.indexOf(0x0a); newline !== -1; newline = input.indexOf(0x0a, start)) {
      this.#extend(input.subarray(start, newline))
      lines.push(...this.#finishLine())
      start = newline + 1
    }
    // Copied, because the caller may reuse its buffer.
    if (start < input.length) this.#extend(Buffer.from(input.subarray(start)))
    return lines
  }

  /** The last line may lack a newline. */
  end(): JsonLine[] {
    return this.#finishLine()
  }

  get unsettled(): number {
    return this.#unsettled
  }

  state(): JsonLinesState {
    return { dropping: this.#dropping }
  }

  #extend(part: Buffer): void {
    if (this.#dropping > 0) {
      this.#dropping += part.length
    } else if (this.#unsettled + part.length > this.#longest) {
      this.#dropping = this.#unsettled + part.length
      this.#parts = []
      this.#unsettled = 0
    } else {
      this.#parts.push(part)
      this.#unsettled += part.length
    }
  }

  #finishLine(): JsonLine[] {
    const droppedBytes = this.#dropping
    const line = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts)
    this.#parts = []
    this.#unsettled = 0
    this.#dropping = 0
    return droppedBytes > 0 ? [{ droppedBytes }] : parseLine(line)
  }
}

function parseLine(line: Buffer): JsonLine[] {
  const source = line.toString('utf8')
  if (source.trim() === '') return []
  try {
    const value: unknown = JSON.parse(source)
    if (isObject(value)) return [{ object: value }]
  } catch {
    // Agents print plain lines between events; they are passed on as text.
  }
  const text = cleanBytes(line)
  return text.trim() === '' ? [] : [{ text }]
}
