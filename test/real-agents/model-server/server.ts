import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { anthropic } from './anthropic.js'
import { gemini } from './gemini.js'
import { openAiChat } from './openai-chat.js'
import { openAiResponses } from './openai-responses.js'
import { answerInPieces, answerWhole, reject } from './reply.js'
import type { Reply } from './script.js'
import type { Asked, WireFormat } from './wire-format.js'

const FORMATS: WireFormat[] = [gemini, openAiChat, openAiResponses, anthropic]

export interface ModelServer {
  /** http://127.0.0.1:PORT */
  url: string
  /** What was asked for the work itself, in order; an agent's housekeeping is left out. */
  asked: Asked[]
  /** Paths of requests that it does not serve. */
  unknown: string[]
  /** The replies from now on, one for each request; the last is given again and again. */
  play(...replies: Reply[]): void
  /** Drops all connections and frees the port. */
  close(): Promise<void>
}

/**
 * A model that does what a test says, on a free port of 127.0.0.1, for each interface by which an agent may ask it.
 */
export async function startModelServer(): Promise<ModelServer> {
  let replies: Reply[] = [[{ does: 'say', text: 'ok' }]]
  const asked: Asked[] = []
  const unknown: string[] = []

  function nextReply(question: Asked): Reply {
    asked.push(question)
    return (replies.length > 1 ? replies.shift() : replies[0]) ?? []
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    const body = await readJson(request)
    const format = FORMATS.find((known) => request.method === 'POST' && known.serves(path))
    if (format === undefined) {
      unknown.push(`${request.method} ${path}`)
      return reject(response, 404)
    }
    const question = format.read(path, body)
    // Agents ask for titles and the like without tools.
    const reply = question.tools.length === 0 ? null : nextReply(question)
    if (question.isWhole) await answerWhole(response, format, reply)
    else await answerInPieces(response, format.answer(question), reply ?? [{ does: 'say', text: 'A title' }])
  }

  const server = createServer((request, response) => {
    // An agent that was killed closes its connection in mid-answer.
    serve(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    unknown,
    play(...next) {
      replies = next
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const text = Buffer.concat(parts).toString('utf8')
  return text === '' ? null : JSON.parse(text)
}
