import { event, textsOf, type WireFormat } from './wire-format.js'

interface Body {
  model?: string
  stream?: boolean
  input?: unknown
  tools?: { name?: string; type: string }[]
}

/** Responses: https://platform.openai.com/docs/api-reference/responses-streaming */
export const openAiResponses: WireFormat = {
  serves: (path) => path.endsWith('/responses'),
  read(_path, body) {
    const { model, stream, input, tools = [] } = body as Body
    return {
      texts: typeof input === 'string' ? [input] : textsOf(input, new Set(['text', 'output'])),
      tools: tools.map(({ name, type }) => name ?? type),
      model: model ?? null,
      isWhole: stream !== true,
    }
  },
  whole: (text) => ({ ...RESPONSE, status: 'completed', output: [messageOf(text ?? 'A title')] }),
  answer() {
    const output: object[] = []
    let openText = ''
    let sequence_number = 0
    const emit = (type: string, data: object) =>
      event({ type, sequence_number: sequence_number++, ...data }, type)
    const item = (content: object) => {
      const index = output.length
      output.push(content)
      return emit('response.output_item.done', { output_index: index, item: content })
    }
    /** The text is one item, which is open while its deltas are sent. */
    const closeText = () => {
      if (openText === '') return ''
      const text = openText
      openText = ''
      return item(messageOf(text))
    }
    return {
      start: () => emit('response.created', { response: { ...RESPONSE, status: 'in_progress', output: [] } }),
      text(text) {
        const opening =
          openText === '' ? { output_index: output.length, item: { ...MESSAGE, content: [] } } : null
        openText += text
        const delta = { item_id: MESSAGE.id, output_index: output.length, content_index: 0, delta: text }
        return (
          (opening === null ? '' : emit('response.output_item.added', opening)) +
          emit('response.output_text.delta', delta)
        )
      },
      thought: (text) =>
        closeText() +
        item({ type: 'reasoning', id: `think_${output.length}`, summary: [{ type: 'summary_text', text }] }),
      call(name, input) {
        const call_id = `call_${Date.now()}_${output.length}`
        const call = { type: 'function_call', id: `fc_${output.length}`, call_id, name }
        return closeText() + item({ ...call, arguments: JSON.stringify(input), status: 'completed' })
      },
      end: () =>
        closeText() + emit('response.completed', { response: { ...RESPONSE, status: 'completed', output } }),
    }
  },
}

const messageOf = (text: string) => ({
  ...MESSAGE,
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
})

const MESSAGE = { type: 'message', id: 'message', role: 'assistant' }
const USAGE = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 15,
}
const RESPONSE = { id: 'response', object: 'response', created_at: 0, model: 'fake', usage: USAGE }
