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

/** One agent writes until it is killed, the other a single word. */
const AGENTS = {
  endless: {
    kind: 'command',
    argv: ['/bin/sh', '-c', 'while :; do n=$((n+1)); printf "%s größe 日本 " "$n"; sleep 0.02; done'],
  },
  brief: { kind: 'command', argv: ['/bin/echo', '{message}'] },
}

export interface DaemonRecording {
  operations: Operation[]
  /** The id of the endless task. */
  endless: string
  /** The chunks of the endless task that the client received. */
  seen: SeenChunk[]
}

/** The environment of a daemon with these agents. */
export function agentsOf(stateDirectory: string): Record<string, string> {
  // Kills what is left of its tasks: all their processes have this directory as their home.
  onTestFinished(() => killProcessesWith(`HOME=${dirname(stateDirectory)}`))
  return { SPOOLD_CONFIG: writeConfigBeside(stateDirectory, { agents: AGENTS, defaultAgent: 'brief' }) }
}

/**
 * Records the file operations of the first daemon of a state directory, from its start until SIGKILL, while a client polls. The
 * recording also contains what the client was sent: the `token`, the id of a started `task`, the number of `chunks` of the
 * endless task, and the id of a task that is `completed`.
 */
export async function recordDaemon(durability: string, rounds: number): Promise<DaemonRecording> {
  const stateDirectory = tempState()
  const log = openWriteLog(dirname(stateDirectory))
  const env = { ...agentsOf(stateDirectory), ...log.env, SPOOLD_DURABILITY: durability }
  const daemon = await startDaemonProcess({ stateDirectory, env })
  const { token } = readOrCreateToken(statePaths(stateDirectory).token)
  log.acknowledge('token', token)
  const client = await connectHttp(daemon.file.url, token)
  const start = async (agent: string, message: string, more: Record<string, unknown> = {}) => {
    const request = { agent, message, working_directory: '/', ...more }
    const result = await callTool<Poll>(client, 'kiro_chat_async', request)
    log.acknowledge('task', result.task_id)
    return result
  }
  const { task_id: endless } = await start('endless', 'go')
  const seen: SeenChunk[] = []
  for (let round = 1; round <= rounds; round += 1) {
    const { new_chunks: chunks } = await poll(client, endless, seen.length)
    seen.push(...chunks)
    log.acknowledge('chunks', seen.length)
    const brief = await start('brief', `word ${round}`, { wait_ms: 20_000 })
    if (brief.status === 'completed') log.acknowledge('completed', brief.task_id)
  }
  await daemon.kill('SIGKILL')
  killProcessesWith(`HOME=${dirname(stateDirectory)}`)
  return { operations: log.operations(), endless, seen }
}
