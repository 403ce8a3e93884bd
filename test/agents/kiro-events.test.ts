import { describe, expect, it } from 'vitest'
import { freshKiroEvents, KiroEvents } from '../../src/agents/kiro/events.js'

/** Pieces and state after events, one a line. JSON.stringify writes half a character as an escape, as agents do. */
function decode(...events: object[]) {
  const decoder = new KiroEvents(freshKiroEvents(null))
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('')
  return { pieces: decoder.decode('out', Buffer.from(lines)), state: decoder.state() }
}

describe('the end of kiro-cli', () => {
  it.each(['', 'x'])('is cut at a character (%j before it)', (before) => {
    const message = `${before}${'👋'.repeat(2000)}`
    const { pieces, state } = decode(
      { type: 'runError', data: { stage: message, message } },
      { type: 'runFinished', data: { status: message, stopReason: message } },
    )
    const { status, stopReason } = state.finished ?? {}
    for (const text of [state.error, status, stopReason, ...pieces.map(({ content }) => content)]) {
      expect(text?.isWellFormed()).toBe(true)
    }
    expect(state.error?.length).toBeLessThanOrEqual(1000)
  })

  it('is valid Unicode if an agent split a character', () => {
    const { pieces } = decode({ type: 'runFinished', data: { finalText: 'half \ud83d' } })
    expect(pieces).toEqual([{ kind: 'text', content: 'half \ufffd' }])
  })

  it('names no session that is half a character', () => {
    expect(decode({ type: 'metadata', data: { sessionId: 'a\ud83d' } }).state.session).toBeNull()
    expect(decode({ type: 'metadata', data: { sessionId: 'a👋' } }).state.session).toBe('a👋')
  })
})
