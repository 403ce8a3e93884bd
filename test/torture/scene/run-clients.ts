import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

const CLIENTS = join(import.meta.dirname, 'load-clients.mjs')

/** The argument of one process of clients; see load-clients.mjs. */
export interface ClientsRequest {
  url: string
  token: string
  era: 2025 | 2026
  seed: number
  slots: number
  waiters: number
  /** Epoch ms; no task is started after it. */
  until: number
  lines: number
  pauseMs: number
}

/** What the clients measured; times in ms. */
export interface ClientsResult {
  tasks: number
  polls: number
  sinceWrite: number[]
  sinceCommit: number[]
  unwaited: number[]
}

/** Runs the clients to their end. Rejects with their standard error if one of them read something wrong. */
export async function runClients(request: ClientsRequest): Promise<ClientsResult> {
  const child = spawn(process.execPath, [CLIENTS, JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [result, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (child.exitCode !== 0) throw new Error(`clients of ${request.era} failed: ${errors}`)
  return JSON.parse(result)
}
