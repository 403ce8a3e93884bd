import { event, textsOf, type WireFormat } from './wire-format.js'

interface Body {
  model?: string
  stream?: boolean
  messages?: { role: string; content: unknown }[]
  tools?: { function: { name: string } }[]
}

/** Chat completions: https://platform.openai.com/docs/api-reference/chat-streaming */
export const openAiChat: WireFormat = {
  serves: (path) => path.endsWith('/chat/completions'),
  read(_path, body) {
    const { model, stream, messages = [], tools = [] } = body as Body
    return {
      texts: messages
        .filter(({ role }) => role !== 'system' && role !== 'developer')
        .flatMap((message) => textsOf(message, new Set(['content', 'text']))),
      tools: tools.map((tool) => tool.function.name),
      model: model ?? null,
      isWhole: stream !== true,
    }
  },
  whole: (content) => ({
    id: 'answer',
    object: 'chat.completion',
    created: 0,
    model: 'fake',
    choices: [
      { index: 0, message: { role: 'assistant', content: content ?? 'A title' }, finish_reason: 'stop' },
    ],
    usage: USAGE,
  }),
  answer() {
    let calls = 0
    return {
      start: () => piece({ role: 'assistant', content: '' }),
      text: (content) => piece({ content }),
      thought: (reasoning_content) => piece({ reasoning_content }),
      call(name, input) {
        const call = { name, arguments: JSON.stringify(input) }
        const index = calls++
        return piece({
          tool_calls: [{ index, id: `call_${Date.now()}_${index}`, type: 'function', function: call }],
        })
      },
      end: () => `${piece({}, calls > 0 ? 'tool_calls' : 'stop')}data: [DONE]\n\n`,
    }
  },
}

const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }

function piece(delta: object, finish_reason: string | null = null): string {
  const usage = finish_reason === null ? {} : { usage: USAGE }
  const choices = [{ index: 0, delta, finish_reason }]
  return event({
    id: 'answer',
    object: 'chat.completion.chunk',
    created: 0,
    model: 'fake',
    choices,
    ...usage,
  })
}
