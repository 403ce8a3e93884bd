import type { AgentOutput, AgentPiece } from '../library/agent.js'
import type { EventWriter } from './event-writer.js'

/** Far below the longest line that the daemon reads; an agent may give all of a large file at once. */
const MAX_PART_LENGTH = 256 * 1024
const MAX_MEMORY_LENGTH = 200
const KINDS: readonly string[] = ['text', 'thought', 'tool', 'notice'] satisfies AgentPiece['kind'][]

/** The output of an agent, as events. TypeError for what is no string. */
export function createOutput(write: EventWriter): AgentOutput {
  return {
    text: (content) => writePiece(write, { kind: 'text', content }),
    thought: (content) => writePiece(write, { kind: 'thought', content }),
    tool: (line) => writePiece(write, { kind: 'tool', content: line }),
    notice: (line) => writePiece(write, { kind: 'notice', content: line }),
    remember(memory) {
      if (typeof memory !== 'string')
        throw new TypeError(`What is remembered must be a string, not ${typeof memory}.`)
      if (memory.length < 1 || memory.length > MAX_MEMORY_LENGTH) {
        throw new RangeError(`1 to ${MAX_MEMORY_LENGTH} characters can be remembered, not ${memory.length}.`)
      }
      write({ event: 'memory', memory })
    },
  }
}

/** Writes one piece, in several events where it is long. Tool and notice are lines, so they get their end of line. */
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

/** Where a part ends that begins at `start`; never inside a character that is two units. */
function endOfPart(text: string, start: number): number {
  const end = Math.min(text.length, start + MAX_PART_LENGTH)
  const isInsidePair = end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))
  return isInsidePair ? end - 1 : end
}
