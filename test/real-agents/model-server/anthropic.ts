import { event, namesOf, textsOf, type WireFormat } from './wire-format.js'

interface Body {
  model?: string
  stream?: boolean
  messages?: unknown
  tools?: unknown[]
}

/** Messages: https://docs.anthropic.com/en/api/messages-streaming */
export const anthropic: WireFormat = {
  serves: (path) => /\/v1\/messages(\?|$)/.test(path),
  read(_path, body) {
    const { model, stream, messages, tools = [] } = body as Body
    return {
      texts: textsOf(messages, new Set(['text', 'content'])),
      tools: tools.flatMap((tool) => namesOf({ name: (tool as { name: string }).name })),
      model: model ?? null,
      isWhole: stream !== true,
    }
  },
  whole: (text) => ({
    ...MESSAGE,
    content: [{ type: 'text', text: text ?? 'A title' }],
    stop_reason: 'end_turn',
    usage: USAGE,
  }),
  answer() {
    let index = -1
    let open: 'text' | 'thinking' | null = null
    let hasCalls = false
    const close = () => {
      if (open === null) return ''
      open = null
      return tell('content_block_stop', { index })
    }
    const start = (content_block: object) => tell('content_block_start', { index: ++index, content_block })
    const delta = (kind: object) => tell('content_block_delta', { index, delta: kind })
    const enter = (type: 'text' | 'thinking', block: object) => {
      if (open === type) return ''
      const before = close()
      open = type
      return before + start(block)
    }
    return {
      start: () =>
        tell('message_start', { message: { ...MESSAGE, content: [], stop_reason: null, usage: USAGE } }),
      text: (text) => enter('text', { type: 'text', text: '' }) + delta({ type: 'text_delta', text }),
      thought: (thinking) =>
        enter('thinking', { type: 'thinking', thinking: '', signature: '' }) +
        delta({ type: 'thinking_delta', thinking }),
      call(name, input) {
        hasCalls = true
        const before = close()
        const block = { type: 'tool_use', id: `toolu_${Date.now()}_${index}`, name, input: {} }
        const json = { type: 'input_json_delta', partial_json: JSON.stringify(input) }
        return before + start(block) + delta(json) + tell('content_block_stop', { index })
      },
      end: () =>
        close() +
        tell('message_delta', {
          delta: { stop_reason: hasCalls ? 'tool_use' : 'end_turn', stop_sequence: null },
          usage: { output_tokens: 5 },
        }) +
        tell('message_stop', {}),
    }
  },
}

const tell = (type: string, data: object) => event({ type, ...data }, type)
const USAGE = { input_tokens: 10, output_tokens: 1 }
const MESSAGE = { id: 'msg_1', type: 'message', role: 'assistant', model: 'fake', stop_sequence: null }
