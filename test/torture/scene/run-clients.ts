import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

const CLIENTS = join(import.meta.dirname, 'load-clients.mjs')

/** Of one process of clients; see load-clients.mjs. */
export interface ClientsOrder {
  url: string
  token: string
  era: 2025 | 2026
  seed: number
  slots: number
  waiters: number
  /** Epoch ms: no task is started after it. */
  until: number
  lines: number
  pauseMs: number
}

/** What they saw; times in ms. */
export interface ClientsSeen {
  tasks: number
  polls: number
  sinceWrite: number[]
  sinceCommit: number[]
  unwaited: number[]
}

/** Runs them to their end. Rejects with what they said where one of them saw something wrong. */
export async function runClients(order: ClientsOrder): Promise<ClientsSeen> {
  const child = spawn(process.execPath, [CLIENTS, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [seen, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (child.exitCode !== 0) throw new Error(`clients of ${order.era} ended: ${errors}`)
  return JSON.parse(seen)
}
