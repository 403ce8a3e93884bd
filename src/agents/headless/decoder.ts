import type { Decoder, Stream } from '../../domain/adapter.js'
import type { Piece } from '../../domain/chunk.js'
import { EventLines } from '../output/event-lines.js'
import type { HeadlessKind } from './kind.js'
import { HeadlessRun } from './run.js'
import type { HeadlessState } from './state.js'

/** Decodes the output of a headless agent: its kind reads the events, a HeadlessRun collects their content. */
export class EventDecoder implements Decoder {
  readonly #run: HeadlessRun
  readonly #lines: EventLines

  constructor(kind: HeadlessKind, state: HeadlessState) {
    const run = new HeadlessRun(state.run, state.calls)
    this.#run = run
    this.#lines = new EventLines(kind.title, state, (event) => {
      kind.read(event, run)
      return run.take()
    })
  }

  decode(stream: Stream, bytes: Uint8Array): Piece[] {
    return this.#lines.decode(stream, bytes)
  }

  end(): Piece[] {
    return this.#lines.end()
  }

  unsettled(stream: Stream): number {
    return this.#lines.unsettled(stream)
  }

  state(): HeadlessState {
    const { facts } = this.#run
    const run = { ...facts, streamed: [...facts.streamed] }
    return { run, calls: this.#run.calls(), ...this.#lines.state() }
  }
}
