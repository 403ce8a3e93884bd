import type { AgentOutput, AgentPiece } from '../library/agent.js'
import type { EventWriter } from './event-writer.js'

/** Far below the maximum line of the daemon; an agent may write a whole large file at once. */
const MAX_PART_LENGTH = 256 * 1024
const MAX_MEMORY_LENGTH = 200
const KINDS: readonly string[] = ['text', 'thought', 'tool', 'notice'] satisfies AgentPiece['kind'][]

/** The output of an agent, as events. Throws TypeError for anything but strings. */
export function createOutput(write: EventWriter): AgentOutput {
  return {
    text: (content) => writePiece(write, { kind: 'text', content }),
    thought: (content) => writePiece(write, { kind: 'thought', content }),
    tool: (line) => writePiece(write, { kind: 'tool', content: line }),
    notice: (line) => writePiece(write, { kind: 'notice', content: line }),
    remember(memory) {
      if (typeof memory !== 'string')
        throw new TypeError(`The remembered value must be a string, not ${typeof memory}.`)
      if (memory.length < 1 || memory.length > MAX_MEMORY_LENGTH) {
        throw new RangeError(`1 to ${MAX_MEMORY_LENGTH} characters can be remembered, got ${memory.length}.`)
      }
      write({ event: 'memory', memory })
    },
  }
}

/** Writes one piece, as several events if it is long. Tools and notices are lines, so a newline is added. */
export function writePiece(write: EventWriter, piece: AgentPiece): void {
  const { kind, content } = piece
  if (!KINDS.includes(kind)) {
    throw new TypeError(`A piece must be of kind ${KINDS.join(', ')}, not ${JSON.stringify(kind)}.`)
  }
  if (typeof content !== 'string')
    throw new TypeError(`The content of a piece must be a string, not ${typeof content}.`)
  const isLine = kind === 'tool' || kind === 'notice'
  const whole = isLine && content !== '' && !content.endsWith('\n') ? `${content}\n` : content
  for (let start = 0; start < whole.length; ) {
    const end = endOfPart(whole, start)
    write({ event: 'piece', kind, content: whole.slice(start, end) })
    start = end
  }
}

/** The end of the part that starts at `start`, never inside a surrogate pair. */
function endOfPart(text: string, start: number): number {
  const end = Math.min(text.length, start + MAX_PART_LENGTH)
  const isInsidePair = end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))
  return isInsidePair ? end - 1 : end
}
