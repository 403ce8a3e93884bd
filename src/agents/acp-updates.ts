import { z } from 'zod'
import type { Piece } from '../domain/chunk.js'
import { beginningOf, shorten } from '../domain/shown-text.js'
import { cleanText } from './text.js'

/** Tool calls that are remembered; of more the oldest are forgotten, ended ones first, so that the state stays small. */
const MOST_CALLS = 16
const LONGEST_LINE = 200

const callSchema = z.object({
  id: z.string(),
  title: z.string(),
  on: z.string(),
  shown: z.boolean(),
  ended: z.boolean(),
})
type Call = z.output<typeof callSchema>

export const acpStateSchema = z.array(callSchema)
export type AcpState = z.output<typeof acpStateSchema>

const chunkSchema = z.object({
  content: z.looseObject({ type: z.string(), text: z.string().optional().catch(undefined) }),
})

const toolSchema = z.object({
  toolCallId: z.string().transform((id) => beginningOf(id, LONGEST_LINE)),
  title: z.string().optional().catch(undefined),
  status: z.string().optional().catch(undefined),
  locations: z
    .array(z.object({ path: z.string() }))
    .optional()
    .catch(undefined),
  rawInput: z.record(z.string(), z.unknown()).optional().catch(undefined),
  content: z.array(z.unknown()).optional().catch(undefined),
})
type ToolUpdate = z.output<typeof toolSchema>

const toolTextSchema = z.object({ content: z.object({ text: z.string() }) })

/** Fields of a tool's input that name what it works on, the most telling first. */
const TELLING_INPUT = ['command', 'path', 'file_path', 'query', 'pattern', 'url']

/**
 * Decodes the `update` of ACP v1 session updates (https://agentclientprotocol.com/protocol/schema). A message chunk
 * is text, a thought chunk a thought. A tool call is one line, given as soon as it is under way (or, where the agent
 * does not tell, with its end): title, what it works on, and the outcome where it is known. A second line follows
 * only when it fails later. Updates of other types say nothing for the transcript.
 */
export class AcpUpdates {
  readonly #calls: Call[]

  constructor(calls: AcpState) {
    this.#calls = calls.map((call) => ({ ...call }))
  }

  decode(update: Record<string, unknown>): Piece[] {
    switch (update.sessionUpdate) {
      case 'agent_message_chunk':
        return chunkPieces('text', update)
      case 'agent_thought_chunk':
        return chunkPieces('thought', update)
      case 'tool_call':
      case 'tool_call_update':
        return this.#toolPieces(update)
      default:
        return []
    }
  }

  state(): AcpState {
    return this.#calls.map((call) => ({ ...call }))
  }

  #toolPieces(update: Record<string, unknown>): Piece[] {
    const parsed = toolSchema.safeParse(update)
    if (!parsed.success) return []
    const call = this.#remember(parsed.data)
    if (call.ended) return []
    const { status } = parsed.data
    const line = call.on === '' ? call.title : `${call.title}: ${call.on}`
    const wasShown = call.shown
    if (status === 'completed' || status === 'failed') {
      Object.assign(call, { title: '', on: '', shown: true, ended: true })
      return wasShown && status === 'completed' ? [] : toolLine(line + outcomeOf(parsed.data))
    }
    if (wasShown || status !== 'in_progress') return []
    call.shown = true
    return toolLine(line)
  }

  /** The call as known so far. An update repeats only what is new in it. */
  #remember(update: ToolUpdate): Call {
    let call = this.#calls.find((known) => known.id === update.toolCallId)
    if (call === undefined) {
      if (this.#calls.length === MOST_CALLS) {
        const leastWanted = Math.max(
          0,
          this.#calls.findIndex(({ ended }) => ended),
        )
        this.#calls.splice(leastWanted, 1)
      }
      call = { id: update.toolCallId, title: 'Tool', on: '', shown: false, ended: false }
      this.#calls.push(call)
    }
    if (!call.shown) {
      if (update.title) call.title = oneLine(update.title)
      const on = workedOn(update)
      if (on !== '' && !call.title.includes(on)) call.on = on
    }
    return call
  }
}

function chunkPieces(kind: 'text' | 'thought', update: Record<string, unknown>): Piece[] {
  const parsed = chunkSchema.safeParse(update)
  if (!parsed.success) return []
  const { type, text } = parsed.data.content
  if (type === 'text') return text ? [{ kind, content: cleanText(text) }] : []
  return [
    { kind: 'notice', content: `[The agent gave content of type ${oneLine(type)}, which is not kept.]\n` },
  ]
}

function toolLine(line: string): Piece[] {
  return [{ kind: 'tool', content: `${line}\n` }]
}

function workedOn(update: ToolUpdate): string {
  if (update.locations?.length) return oneLine(update.locations.map(({ path }) => path).join(', '))
  const input = TELLING_INPUT.map((name) => update.rawInput?.[name]).find(
    (value) => typeof value === 'string',
  )
  return typeof input === 'string' ? oneLine(input) : ''
}

function outcomeOf(update: ToolUpdate): string {
  if (update.status !== 'failed') return ' (completed)'
  const reason = update.content
    ?.map((part) => toolTextSchema.safeParse(part).data?.content.text)
    .find((text) => text?.trim())
  return reason ? ` (failed: ${oneLine(reason)})` : ' (failed)'
}

function oneLine(text: string): string {
  const line = cleanText(beginningOf(text, 8 * LONGEST_LINE))
    .replace(/\s+/g, ' ')
    .trim()
  return shorten(line, LONGEST_LINE)
}
