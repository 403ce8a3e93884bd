import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { onTestFinished } from 'vitest'
import { inTime } from './holds.js'
import type { Scene } from './scene.js'

export interface WireResponse {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

/** Sends bodies unchanged to /mcp over one persistent connection. */
export interface Wire {
  post(body: string | Buffer, headers?: Record<string, string>): Promise<WireResponse>
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
      const response = new Promise<WireResponse>((resolve, reject) => {
        const sent = request(
          { agent, host: '127.0.0.1', port, method: 'POST', path: '/mcp', headers: { ...usual, ...headers } },
          (incoming) => {
            const parts: Buffer[] = []
            incoming.on('error', reject)
            incoming.on('data', (part: Buffer) => parts.push(part))
            incoming.on('end', () => {
              const text = Buffer.concat(parts).toString()
              resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text })
            })
          },
        )
        sent.on('error', reject)
        sent.end(body)
      })
      return inTime('a response', response)
    },
  }
}
