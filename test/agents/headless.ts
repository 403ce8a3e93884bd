import { describe, expect, it } from 'vitest'
import { freshHeadless } from '../../src/agents/headless/state.js'
import type { AgentAdapter } from '../../src/domain/adapter.js'
import type { Piece } from '../../src/domain/chunk.js'
import { contents, describeDecoderContract, type Transcript } from './contract.js'
import { judge, type Outcome } from './launch.js'

/** What a headless agent prints, one event a line; text stands for a line that is no event. */
export type Line = object | string

export function printed(lines: Line[]): string {
  return lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')
}

export function transcriptOf(lines: Line[], resumed: string | null = null): Transcript {
  return {
    state: { ...freshHeadless(resumed) },
    out: Buffer.from(printed(lines)),
    err: Buffer.from('a warning\n'),
  }
}

/** Pieces, last state and verdict after these lines; the process ended with the exit code. */
export function outcomeOf(
  adapter: AgentAdapter,
  lines: Line[],
  {
    exitCode = 0,
    resumed = null,
    stderr = '',
  }: { exitCode?: number; resumed?: string | null; stderr?: string } = {},
): Outcome & { output: Record<string, string>; session: string | null } {
  const transcript = { ...transcriptOf(lines, resumed), err: Buffer.from(stderr), exitCode }
  const outcome = judge(adapter, transcript)
  return { ...outcome, output: contents(outcome.pieces), session: adapter.agentSessionId(outcome.state) }
}

/** What every headless kind promises, on a transcript of a run that succeeded; its last line is the terminal event. */
export function describeHeadlessContract(adapter: AgentAdapter, lines: Line[]): void {
  describe('the contract of decoders', () => describeDecoderContract(adapter, transcriptOf(lines)))

  it('succeeds on its own terminal event, and on nothing less', () => {
    expect(outcomeOf(adapter, lines).verdict).toEqual({ status: 'completed' })
    for (let length = 0; length < lines.length; length++) {
      const { verdict } = outcomeOf(adapter, lines.slice(0, length))
      expect(verdict).toMatchObject({ status: 'failed', endReason: 'agent_error' })
    }
    const killed = outcomeOf(adapter, lines, { exitCode: 137 })
    expect(killed.verdict).toMatchObject({ status: 'failed', error: expect.stringContaining('SIGKILL') })
  })

  it('keeps the rest where any single line is damaged', () => {
    const whole = piecesByLine(adapter, lines)
    lines.forEach((line, damaged) => {
      const half = beginningOf(line)
      const { output, verdict } = outcomeOf(adapter, lines.with(damaged, half))
      expect(output.stderr, `line ${damaged}`).toContain(half)
      for (const [index, pieces] of whole.entries()) {
        if (index === damaged) continue
        for (const piece of pieces) {
          expect(output[piece.kind] ?? '', `line ${index} of ${damaged}`).toContain(owned(piece))
        }
      }
      expect(verdict.status).toBe(damaged === lines.length - 1 ? 'failed' : 'completed')
    })
  })

  it('bears fields of any type, or none', () => {
    for (const line of lines) {
      if (typeof line === 'string') continue
      for (const strange of [null, 7, 'text', [], {}, [null, 7, {}]]) {
        for (const changed of withEachField(line, strange)) {
          expect(() => outcomeOf(adapter, [changed])).not.toThrow()
        }
      }
    }
  })

  it('says an error of an event that it does not know, and leaves out the others', () => {
    const { output } = outcomeOf(adapter, [
      { type: 'brand.new', message: 'nothing' },
      { type: 'brand.new', error: { message: 'it broke' } },
      { type: 'brand.new_error', message: 'that too' },
    ])
    expect(output).toEqual({ error: 'it broke\nthat too\n' })
  })
}

function beginningOf(line: Line): string {
  const text = typeof line === 'string' ? line : JSON.stringify(line)
  return text.slice(0, Math.ceil(text.length / 2))
}

function piecesByLine(adapter: AgentAdapter, lines: Line[]): Piece[][] {
  const decoder = adapter.decoder({ ...freshHeadless(null) })
  return lines.map((line) => decoder.decode('out', Buffer.from(printed([line]))))
}

/** What a piece does not owe to other lines: the second line of a tool call repeats the first, but for the outcome. */
function owned({ kind, content }: Piece): string {
  return (kind === 'tool' ? content.replace(/^[^(]*(?=\()/, '') : content).trim()
}

/** Copies of an object with one field, however deep, replaced. */
function* withEachField(value: object, replacement: unknown): Generator<object> {
  for (const [name, inner] of Object.entries(value)) {
    const copy = (changed: unknown) =>
      Array.isArray(value) ? value.with(Number(name), changed) : { ...value, [name]: changed }
    yield copy(replacement)
    if (typeof inner === 'object' && inner !== null) {
      for (const changed of withEachField(inner, replacement)) yield copy(changed)
    }
  }
}
