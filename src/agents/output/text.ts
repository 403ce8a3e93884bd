import { endOfControl, INCOMPLETE, isReturn, nextControl } from '../../domain/control-sequences.js'
import { FRESH_LINE, LineRedraw } from './line-redraw.js'
import type { LineState } from './line-state.js'
import { incompleteTail } from './utf8-tail.js'

const NOTHING = Buffer.alloc(0)

/**
 * Cleans the terminal output of a program: decodes UTF-8 (invalid bytes become U+FFFD), removes control characters and
 * sequences, and returns redrawn lines once. The joined text does not depend on how the bytes are split into pushes.
 * Undecided bytes stay unsettled: at most 3 bytes of a character, or a sequence of about 4 KiB.
 */
export class TextStream {
  readonly #line: LineRedraw
  #tail: Buffer = NOTHING

  constructor(state: LineState = FRESH_LINE) {
    this.#line = new LineRedraw(state)
  }

  push(bytes: Uint8Array): string {
    return this.#decode(bytes, false)
  }

  /** The end of the input: returns the text that was held back. */
  end(): string {
    return this.#decode(NOTHING, true) + this.#line.end()
  }

  /** Bytes at the end of the input that `state` does not include. */
  get unsettled(): number {
    return this.#tail.length
  }

  state(): LineState {
    return this.#line.state()
  }

  #decode(bytes: Uint8Array, final: boolean): string {
    const pushed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const input = this.#tail.length === 0 ? pushed : Buffer.concat([this.#tail, pushed])
    let text = ''
    let settled = 0
    while (settled < input.length) {
      const control = nextControl(input, settled)
      const atEnd = control === input.length
      const textEnd = atEnd && !final ? control - incompleteTail(input, settled) : control
      if (textEnd > settled) text += this.#line.write(input.toString('utf8', settled, textEnd))
      settled = textEnd
      if (atEnd) break
      const end = endOfControl(input, control, final)
      if (end === INCOMPLETE) break
      if (isReturn(input, control, end)) this.#line.return()
      settled = end
    }
    // A copy, so that the caller's buffer is not kept and can be reused.
    this.#tail = settled === input.length ? NOTHING : Buffer.from(input.subarray(settled))
    return text
  }
}

/** Cleans complete bytes, such as one line. */
export function cleanBytes(bytes: Uint8Array): string {
  const stream = new TextStream()
  return stream.push(bytes) + stream.end()
}
