import { z } from 'zod'
import type { Piece } from '../../domain/chunk.js'
import { truncate } from '../../domain/text.js'
import { lineOf } from './tool-line.js'

/** Number of tool calls that are remembered; older ones are dropped, ended ones first, to keep the state small. */
const MAX_CALLS = 16
const MAX_ID_LENGTH = 200

const callSchema = z.object({
  id: z.string(),
  title: z.string(),
  on: z.string(),
  shown: z.boolean(),
  ended: z.boolean(),
})
type Call = z.output<typeof callSchema>

export const toolCallsSchema = z.array(callSchema)
export type ToolCallsState = z.output<typeof toolCallsSchema>

/** An update of a tool call; only changed fields are needed. */
export interface ToolUpdate {
  id: string
  /** Name of the tool, or the agent's description of the call. */
  title?: string | undefined
  /** Its target, such as a file; empty if there is none. */
  on?: string | undefined
  /** Any other value is a call that has not started yet. */
  status?: 'in_progress' | 'completed' | 'failed' | undefined
  /** Why it failed. */
  reason?: string | undefined
}

/**
 * The lines for tool calls. A call is one line when it starts (or at its end, if the agent does not report the start): title,
 * target, and the outcome if it is known. A second line follows only if it fails later.
 */
export class ToolCalls {
  readonly #calls: Call[]

  constructor(calls: ToolCallsState) {
    this.#calls = calls.map((call) => ({ ...call }))
  }

  update(update: ToolUpdate): Piece[] {
    const call = this.#remember(update)
    if (call.ended) return []
    const { status } = update
    const line = lineFor(call)
    const wasShown = call.shown
    if (status === 'completed' || status === 'failed') {
      Object.assign(call, { title: '', on: '', shown: true, ended: true })
      return wasShown && status === 'completed' ? [] : toolLine(line + outcomeOf(update))
    }
    if (wasShown || status !== 'in_progress') return []
    call.shown = true
    return toolLine(line)
  }

  /** Remembers the title and target of a call from other messages, such as a permission request. */
  describe(update: ToolUpdate): string {
    const call = this.#remember(update)
    const title = (update.title ? lineOf(update.title) : call.title) || 'Tool'
    // The new description takes precedence: it is what the user allows.
    const on = lineOf(update.on ?? '') || call.on
    return lineFor({ title, on: title.includes(on) ? '' : on })
  }

  state(): ToolCallsState {
    return this.#calls.map((call) => ({ ...call }))
  }

  /** The merged state of the call. */
  #remember(update: ToolUpdate): Call {
    const id = truncate(update.id, MAX_ID_LENGTH)
    let call = this.#calls.find((known) => known.id === id)
    if (call === undefined) {
      if (this.#calls.length === MAX_CALLS) {
        const ended = this.#calls.findIndex((known) => known.ended)
        this.#calls.splice(Math.max(0, ended), 1)
      }
      call = { id, title: 'Tool', on: '', shown: false, ended: false }
      this.#calls.push(call)
    }
    if (!call.shown) {
      if (update.title) call.title = lineOf(update.title)
      const on = lineOf(update.on ?? '')
      if (on !== '' && !call.title.includes(on)) call.on = on
    }
    return call
  }
}

function lineFor({ title, on }: Pick<Call, 'title' | 'on'>): string {
  return on === '' ? title : `${title}: ${on}`
}

function outcomeOf({ status, reason }: ToolUpdate): string {
  if (status !== 'failed') return ' (completed)'
  const why = lineOf(reason ?? '')
  return why === '' ? ' (failed)' : ` (failed: ${why})`
}

function toolLine(line: string): Piece[] {
  return [{ kind: 'tool', content: `${line}\n` }]
}
