import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { onTestFinished } from 'vitest'
import { inTime } from './holds.js'
import type { Scene } from './scene.js'

export interface WireAnswer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

/** Posts bodies as they are to /mcp, over one connection that is kept. */
export interface Wire {
  post(body: string | Buffer, headers?: Record<string, string>): Promise<WireAnswer>
}

export function openWire({ port }: Scene, token: string): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const usual = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  return {
    post(body, headers = {}) {
      const answer = new Promise<WireAnswer>((resolve, reject) => {
        const asked = request(
          { agent, host: '127.0.0.1', port, method: 'POST', path: '/mcp', headers: { ...usual, ...headers } },
          (response) => {
            const parts: Buffer[] = []
            response.on('error', reject)
            response.on('data', (part: Buffer) => parts.push(part))
            response.on('end', () => {
              const text = Buffer.concat(parts).toString()
              resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
            })
          },
        )
        asked.on('error', reject)
        asked.end(body)
      })
      return inTime('an answer', answer)
    },
  }
}
