import { createParser } from 'eventsource-parser'
import type { RpcMessage } from './rpc.js'

export interface EventReader {
  /** Called whenever anything has come, a comment that only keeps the connection among it. */
  onSign?: (() => void) | undefined
  /** Takes the messages that come before the answer, in order. */
  onMessage?: ((message: RpcMessage) => void) | undefined
}

/**
 * Reads server-sent events, one JSON-RPC message each, up to the answer to the request `id`. Throws where the stream
 * breaks, or ends before the answer.
 */
export async function readEvents(
  body: AsyncIterable<Uint8Array>,
  id: RpcMessage['id'],
  { onSign, onMessage }: EventReader,
): Promise<RpcMessage> {
  const answers: RpcMessage[] = []
  const parser = createParser({
    onEvent({ data }) {
      if (data === '' || answers.length > 0) return
      const message = JSON.parse(data) as RpcMessage
      if (message.method !== undefined) onMessage?.(message)
      else if (message.id === id) answers.push(message)
    },
  })
  const decoder = new TextDecoder()
  for await (const bytes of body) {
    onSign?.()
    parser.feed(decoder.decode(bytes, { stream: true }))
    const [answer] = answers
    if (answer !== undefined) return answer
  }
  throw new Error('the stream of events ended before the answer')
}
