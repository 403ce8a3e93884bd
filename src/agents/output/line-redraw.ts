import type { LineState } from './line-state.js'

/** Longest version of a redrawn line that is held back, in bytes of UTF-8. */
const MAX_HELD_LENGTH = 8 * 1024

export const FRESH_LINE: LineState = { hasText: false, returned: false, redraw: null }

/**
 * Progress bars and spinners draw their line again and again. Of such a line only the last version is given, on a
 * line of its own where the first version was given before anybody could know. A blank last version is the line
 * being wiped, and gives nothing.
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

  /** The text behind the next call starts at the first column again. */
  return(): void {
    this.#returned = true
  }

  /** Takes text without control characters; gives what is certain to stay. */
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

  /** The line is at its end: gives what was held back. */
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
    // Not a progress line any more: given as it is, and so is what follows on this line.
    this.#redraw = null
    const given = this.#ownLine(redraw)
    this.#hasText = true
    return given
  }

  #ownLine(text: string): string {
    return this.#hasText ? `\n${text}` : text
  }
}
