const NEWLINE = 0x0a

/** A line without its end, or that there was one which is longer than allowed. */
export type Line = { text: string } | 'too_long'

/**
 * Cuts a stream of bytes into lines, however it is cut into pushes, and holds no more than one line of `maxBytes`. A
 * longer one is told once, as soon as it is too long, and passed over up to its end.
 */
export class MessageLines {
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
      if (this.#hold(bytes.subarray(start, end))) lines.push('too_long')
      if (!this.#isTooLong)
        lines.push({ text: Buffer.concat(this.#parts).toString('utf8').replace(/\r$/, '') })
      this.#clear()
      this.#isTooLong = false
      start = end + 1
    }
    if (this.#hold(bytes.subarray(start))) lines.push('too_long')
    return lines
  }

  /** True when the line has become too long by this. */
  #hold(part: Buffer): boolean {
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
