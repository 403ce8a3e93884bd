import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type AgentAdapter, type Decoder, STREAMS, type Stream } from '../../src/domain/adapter.js'
import type { Piece } from '../../src/domain/chunk.js'
import type { Json } from '../../src/domain/json.js'

/** What a process wrote, and the decoder's first state for it. */
export interface Transcript {
  state: Json
  out: Uint8Array
  err: Uint8Array
}

const LARGEST_STATE_BYTES = 24 * 1024

/** What every adapter promises of its decoder, checked on a recorded transcript. The streams are read one by one. */
export function describeDecoderContract(adapter: AgentAdapter, transcript: Transcript): void {
  const whole = () => contents(decodeCut(adapter.decoder(transcript.state), transcript, () => Infinity))

  it('gives the same for the same bytes', () => {
    expect(whole()).toEqual(whole())
  })

  it('gives the same contents one byte at a time', () => {
    expect(contents(decodeCut(adapter.decoder(transcript.state), transcript, () => 1))).toEqual(whole())
  })

  it('gives the same contents however the bytes are cut', () => {
    const expected = whole()
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 1, max: 200 })), (sizes) => {
        const decoder = adapter.decoder(transcript.state)
        expect(contents(decodeCut(decoder, transcript, () => sizes.next().value as number))).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })

  it('goes on from the state that was saved at any byte, when the unsettled bytes are handed in again', () => {
    const expected = whole()
    for (const stream of STREAMS) {
      for (let cut = 0; cut <= transcript[stream].length; cut++) {
        expect(contents(decodeRestored(adapter, transcript, stream, cut)), `${stream} at ${cut}`).toEqual(
          expected,
        )
      }
    }
  })

  it('keeps its state small and plain, and settles all at the end', () => {
    const decoder = adapter.decoder(transcript.state)
    for (const stream of STREAMS) {
      for (const byte of transcript[stream]) {
        decoder.decode(stream, Uint8Array.of(byte))
        const saved = JSON.stringify(decoder.state())
        expect(saved.length).toBeLessThan(LARGEST_STATE_BYTES)
        expect(JSON.parse(saved)).toEqual(decoder.state())
      }
    }
    decoder.end()
    expect(STREAMS.map((stream) => decoder.unsettled(stream))).toEqual([0, 0])
  })

  it('leaves the bytes that it is handed alone, and needs them no longer', () => {
    const decoder = adapter.decoder(transcript.state)
    const pieces: Piece[] = []
    for (const stream of STREAMS) {
      for (let start = 0; start < transcript[stream].length; start += 7) {
        const bytes = Uint8Array.from(transcript[stream].subarray(start, start + 7))
        const before = bytes.slice()
        pieces.push(...decoder.decode(stream, bytes))
        expect(bytes).toEqual(before)
        bytes.fill(0x21)
      }
    }
    expect(contents([...pieces, ...decoder.end()])).toEqual(whole())
  })

  it('bears any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (out, err) => {
        const noise = { state: transcript.state, out, err }
        const expected = contents(decodeCut(adapter.decoder(noise.state), noise, () => Infinity))
        expect(contents(decodeCut(adapter.decoder(noise.state), noise, () => 3))).toEqual(expected)
        const decoder = adapter.decoder(noise.state)
        decodeCut(decoder, noise, () => 3)
        expect(JSON.stringify(decoder.state())).not.toBe('')
      }),
    )
  })

  it('says nothing for no bytes, and takes a state of another version for a beginning', () => {
    expect(adapter.decoder(transcript.state).end()).toEqual([])
    expect(adapter.decoder({ from: 'another version' }).end()).toEqual([])
    expect(adapter.decoder(null).unsettled('out')).toBe(0)
  })
}

/** The pieces' contents joined, by kind. */
export function contents(pieces: Piece[]): Record<string, string> {
  const joined: Record<string, string> = {}
  for (const { kind, content } of pieces) joined[kind] = (joined[kind] ?? '') + content
  return joined
}

/** Decodes a transcript in parts of the sizes that are asked for. */
export function decodeCut(decoder: Decoder, transcript: Transcript, nextSize: () => number): Piece[] {
  const pieces: Piece[] = []
  for (const stream of STREAMS) {
    const bytes = transcript[stream]
    for (let start = 0; start < bytes.length; ) {
      const end = Math.min(bytes.length, start + nextSize())
      pieces.push(...decoder.decode(stream, bytes.subarray(start, end)))
      start = end
    }
  }
  return [...pieces, ...decoder.end()]
}

/** Stops after `cut` bytes of one stream, saves, and goes on in another decoder. */
function decodeRestored(adapter: AgentAdapter, transcript: Transcript, stream: Stream, cut: number): Piece[] {
  const first = adapter.decoder(transcript.state)
  const pieces: Piece[] = []
  const offsets = { out: 0, err: 0 }
  for (const read of stream === 'out' ? (['out'] as const) : STREAMS) {
    const end = read === stream ? cut : transcript[read].length
    pieces.push(...first.decode(read, transcript[read].subarray(0, end)))
    offsets[read] = end - first.unsettled(read)
    expect(offsets[read]).toBeGreaterThanOrEqual(0)
  }
  const second = adapter.decoder(JSON.parse(JSON.stringify(first.state())))
  for (const read of STREAMS) pieces.push(...second.decode(read, transcript[read].subarray(offsets[read])))
  return [...pieces, ...second.end()]
}
