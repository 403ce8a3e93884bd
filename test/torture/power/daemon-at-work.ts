import { dirname } from 'node:path'
import { onTestFinished } from 'vitest'
import { statePaths } from '../../../src/state/paths.js'
import { readOrCreateToken } from '../../../src/state/token.js'
import { startDaemonProcess } from '../../helpers/daemon-process.js'
import { writeConfigBeside } from '../../helpers/gate.js'
import { callTool, connectHttp, type Poll, poll, type SeenChunk } from '../../helpers/mcp-client.js'
import { killProcessesWith } from '../../helpers/processes.js'
import { tempState } from '../../helpers/temp-state.js'
import { type Operation, openWriteLog } from './write-log.js'

/** One writes on and on, the other a word. */
const AGENTS = {
  endless: {
    kind: 'command',
    argv: ['/bin/sh', '-c', 'while :; do n=$((n+1)); printf "%s größe 日本 " "$n"; sleep 0.02; done'],
  },
  brief: { kind: 'command', argv: ['/bin/echo', '{message}'] },
}

export interface DaemonAtWork {
  operations: Operation[]
  /** The endless task, and what a client saw of it. */
  endless: string
  seen: SeenChunk[]
}

/** The environment of a daemon that has those agents. */
export function agentsOf(stateDirectory: string): Record<string, string> {
  // Whatever is left of its tasks; they all have this directory of its own as their home.
  onTestFinished(() => killProcessesWith(`HOME=${dirname(stateDirectory)}`))
  return { SPOOLD_CONFIG: writeConfigBeside(stateDirectory, { agents: AGENTS, defaultAgent: 'brief' }) }
}

/**
 * The first daemon of a state directory with a client that polls, from its start up to a SIGKILL, as operations. What the client
 * learns is told in them, when it learns it: the `token`, a `task` that was started, how many `chunks` of the endless one there are,
 * and that another one is `completed`.
 */
export async function recordDaemon(durability: string, rounds: number): Promise<DaemonAtWork> {
  const stateDirectory = tempState()
  const log = openWriteLog(dirname(stateDirectory))
  const env = { ...agentsOf(stateDirectory), ...log.env, SPOOLD_DURABILITY: durability }
  const daemon = await startDaemonProcess({ stateDirectory, env })
  const { token } = readOrCreateToken(statePaths(stateDirectory).token)
  log.tell('token', token)
  const client = await connectHttp(daemon.file.url, token)
  const start = async (agent: string, message: string, more: Record<string, unknown> = {}) => {
    const order = { agent, message, working_directory: '/', ...more }
    const answer = await callTool<Poll>(client, 'kiro_chat_async', order)
    log.tell('task', answer.task_id)
    return answer
  }
  const { task_id: endless } = await start('endless', 'go')
  const seen: SeenChunk[] = []
  for (let round = 1; round <= rounds; round += 1) {
    const answer = await poll(client, endless, seen.length)
    seen.push(...answer.new_chunks)
    log.tell('chunks', seen.length)
    const brief = await start('brief', `word ${round}`, { wait_ms: 20_000 })
    if (brief.status === 'completed') log.tell('completed', brief.task_id)
  }
  await daemon.kill('SIGKILL')
  killProcessesWith(`HOME=${dirname(stateDirectory)}`)
  return { operations: log.operations(), endless, seen }
}
