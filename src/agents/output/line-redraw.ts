import type { LineState } from './line-state.js'

/** Maximum size of a redrawn line that is held back, bytes of UTF-8. */
const MAX_HELD_LENGTH = 8 * 1024

export const FRESH_LINE: LineState = { hasText: false, returned: false, redraw: null }

/**
 * Progress bars and spinners redraw their line. Only the last version of such a line is returned, on a new line if the first
 * version was already returned. A blank last version erases the line and returns nothing.
 */
export class LineRedraw {
  #hasText: boolean
  #returned: boolean
  #redraw: string | null

  constructor(state: LineState) {
    this.#hasText = state.hasText
    this.#returned = state.returned
    this.#redraw = state.redraw
  }

  /** A carriage return: the next text starts at the first column. */
  return(): void {
    this.#returned = true
  }

  /** Adds text without control characters; returns the text that is final. */
  write(text: string): string {
    let given = ''
    let rest = text
    while (rest !== '') {
      if (!this.#returned && this.#redraw === null) {
        this.#hasText = !rest.endsWith('\n')
        return given + rest
      }
      const newline = rest.indexOf('\n')
      given += this.#redrawWith(newline === -1 ? rest : rest.slice(0, newline))
      if (newline === -1) return given
      given += `${this.end()}\n`
      rest = rest.slice(newline + 1)
    }
    return given
  }

  /** The end of the line: returns the text that was held back. */
  end(): string {
    const given = this.#redraw === null || this.#redraw.trim() === '' ? '' : this.#ownLine(this.#redraw)
    this.#hasText = false
    this.#returned = false
    this.#redraw = null
    return given
  }

  state(): LineState {
    return { hasText: this.#hasText, returned: this.#returned, redraw: this.#redraw }
  }

  #redrawWith(text: string): string {
    if (text === '') return ''
    const redraw = this.#returned ? text : this.#redraw + text
    this.#returned = false
    this.#redraw = redraw
    if (Buffer.byteLength(redraw) <= MAX_HELD_LENGTH) return ''
    // Too long for a progress line: returned unchanged, like the rest of this line.
    this.#redraw = null
    const given = this.#ownLine(redraw)
    this.#hasText = true
    return given
  }

  #ownLine(text: string): string {
    return this.#hasText ? `\n${text}` : text
  }
}
