import { z } from 'zod'
import type { Piece } from '../../domain/chunk.js'
import { isObject } from '../../domain/json.js'
import { stripControls } from '../../domain/text.js'
import { ToolCalls, type ToolCallsState, type ToolUpdate } from '../output/tool-calls.js'
import { lineOf, planPieces, workedOn } from '../output/tool-line.js'

const chunkSchema = z.object({
  content: z.looseObject({ type: z.string(), text: z.string().optional().catch(undefined) }),
})

const toolSchema = z.object({
  toolCallId: z.string(),
  title: z.string().optional().catch(undefined),
  status: z.enum(['in_progress', 'completed', 'failed']).optional().catch(undefined),
  locations: z
    .array(z.object({ path: z.string() }))
    .optional()
    .catch(undefined),
  rawInput: z.record(z.string(), z.unknown()).optional().catch(undefined),
  content: z.array(z.unknown()).optional().catch(undefined),
})

const planSchema = z.object({
  entries: z.array(z.object({ content: z.string().catch(''), status: z.string().catch('') })),
})

/** Types about the client's display, or that repeat the user's message. */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  'available_commands_update',
  'config_option_update',
  'current_mode_update',
  'session_info_update',
  'usage_update',
  'user_message_chunk',
])

const toolTextSchema = z.object({ content: z.object({ text: z.string() }) })

/**
 * Decodes the `update` of ACP v1 session updates (https://agentclientprotocol.com/protocol/schema). A message chunk
 * is text, a thought chunk a thought, a tool call a line (see ToolCalls), a plan a line about the current step.
 */
export class AcpUpdates {
  readonly #calls: ToolCalls

  constructor(calls: ToolCallsState) {
    this.#calls = new ToolCalls(calls)
  }

  decode(update: Record<string, unknown>): Piece[] {
    switch (update.sessionUpdate) {
      case 'agent_message_chunk':
        return chunkPieces('text', update)
      case 'agent_thought_chunk':
        return chunkPieces('thought', update)
      case 'tool_call':
      case 'tool_call_update': {
        const call = toolUpdate(update)
        return call === null ? [] : this.#calls.update(call)
      }
      case 'plan':
        return stepPieces(update)
      default:
        return unknownPieces(update)
    }
  }

  /** Remembers the title and target of a tool call from other messages, such as a permission request. */
  describe(call: Record<string, unknown>): string {
    const update = toolUpdate(call)
    if (update === null) return ''
    // A command describes the permission better than the location where it runs.
    const input = isObject(call.rawInput) ? workedOn(call.rawInput) : ''
    return this.#calls.describe(input === '' ? update : { ...update, on: input })
  }

  state(): ToolCallsState {
    return this.#calls.state()
  }
}

function chunkPieces(kind: 'text' | 'thought', update: Record<string, unknown>): Piece[] {
  const parsed = chunkSchema.safeParse(update)
  if (!parsed.success) return []
  const { type, text } = parsed.data.content
  if (type === 'text') return text ? [{ kind, content: stripControls(text) }] : []
  return [
    {
      kind: 'notice',
      content: `[The agent gave content of type ${lineOf(type)}, which is not supported.]\n`,
    },
  ]
}

function toolUpdate(update: Record<string, unknown>): ToolUpdate | null {
  const parsed = toolSchema.safeParse(update)
  if (!parsed.success) return null
  const { toolCallId, title, status, locations, rawInput, content } = parsed.data
  const on = locations?.length ? locations.map(({ path }) => path).join(', ') : workedOn(rawInput ?? {})
  const reason = content
    ?.map((part) => toolTextSchema.safeParse(part).data?.content.text)
    .find((text) => text?.trim())
  return { id: toolCallId, title, on, status, reason }
}

function stepPieces(update: Record<string, unknown>): Piece[] {
  const parsed = planSchema.safeParse(update)
  if (!parsed.success) return []
  return planPieces(
    parsed.data.entries.map(({ content, status }) => ({
      text: content,
      status: status === 'completed' ? 'done' : status === 'in_progress' ? 'now' : 'open',
    })),
  )
}

/** Updates of unknown types are kept unchanged, because they may be important. */
function unknownPieces(update: Record<string, unknown>): Piece[] {
  const type = update.sessionUpdate
  if (typeof type !== 'string' || BOOKKEEPING.has(type)) return []
  return [{ kind: 'notice', content: `[${lineOf(JSON.stringify(update))}]\n` }]
}
