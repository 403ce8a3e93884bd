import type { ServerResponse } from 'node:http'
import type { Reply, Step } from './script.js'
import type { AnswerEvents, WireFormat } from './wire-format.js'

/** Pieces in one packet would reach the agent as one. */
const PAUSE_MS = 20

/** Does one reply, step by step. */
export async function answerInPieces(
  response: ServerResponse,
  events: AnswerEvents,
  reply: Reply,
): Promise<void> {
  const isWhole = await follow(reply, response, async (step) => {
    if (!response.headersSent) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
      response.write(events.start())
    }
    if (step.does === 'say') response.write(events.text(step.text))
    if (step.does === 'think') response.write(events.thought(step.text))
    if (step.does === 'call') response.write(events.call(step.tool, step.input))
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  })
  if (isWhole) response.end(events.end())
}

/** Does one reply as a single object, of what is said only; null is an answer to an agent's housekeeping. */
export async function answerWhole(
  response: ServerResponse,
  format: WireFormat,
  reply: Reply | null,
): Promise<void> {
  let text = ''
  const isWhole = await follow(reply ?? [], response, async (step) => {
    if (step.does === 'say') text += step.text
  })
  if (!isWhole) return
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(format.whole(reply === null ? null : text)))
}

/** Tells whether the reply came to its end; where it did not, the response is as the reply wants it. */
async function follow(
  reply: Reply,
  response: ServerResponse,
  take: (step: Step) => Promise<void>,
): Promise<boolean> {
  for (const step of reply) {
    if (step.does === 'fail') reject(response, step.status)
    // After what was said: a reset would take from the agent what it had not read yet.
    if (step.does === 'drop') response.socket?.end()
    if (step.does === 'fail' || step.does === 'drop' || step.does === 'stall') return false
    if (step.does === 'wait') {
      step.gate.reach()
      await step.gate.opened
    } else await take(step)
  }
  return true
}

export function reject(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify({ error: { code: status, message: 'refused by the fake model', type: 'server_error' } }),
  )
}
