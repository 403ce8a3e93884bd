/*
 * `spoold/client`: the tasks of this machine's daemon, for programs. Fields have the names of the MCP tools; times in
 * results are ISO 8601 (UTC), sizes are bytes.
 */
import { resolve } from 'node:path'
import { commandFile } from '../client/command-file.js'
import { connect as connectTo } from '../client/connect.js'
import { spawnDaemon } from '../client/spawn-daemon.js'
import type { SpooldClient } from '../client/spoold-client.js'
import { defaultStateDirectory } from '../state/paths.js'

export type {
  CallOptions,
  ListInput,
  RespondInput,
  StartInput,
  StatusInput,
} from '../client/inputs.js'
export type { ErrorCode } from '../domain/errors.js'
export { SpoolError } from '../domain/errors.js'
export type { ChunkResult } from '../mcp/results/chunk.js'
export type { StartResult } from '../mcp/results/start.js'
export type { StatusResult } from '../mcp/results/status.js'
export type { TaskResult } from '../mcp/results/task.js'
export type { AgentListResult, AgentResult } from '../mcp/tools/agents-list.js'
export type { CancelResult } from '../mcp/tools/task-cancel.js'
export type { TaskListResult } from '../mcp/tools/task-list.js'
export type { RespondResult } from '../mcp/tools/task-respond.js'

export interface ConnectOptions {
  /** State directory of the daemon; default SPOOLD_STATE_DIR, $XDG_STATE_HOME/spoold or ~/.local/state/spoold. */
  stateDirectory?: string | undefined
  /**
   * Starts a daemon in the background with this process's environment if none is running, now and later. Default false:
   * connecting rejects if none is running, and a daemon that stops later is only waited for.
   */
  spawn?: boolean | undefined
}

/**
 * The tasks of a daemon. Calls wait for a daemon that is being restarted, and repeat nothing that was executed. Every method
 * rejects with a SpoolError: `code` is for programs, `message` is a sentence with the remedy, and `field` names the invalid
 * input field.
 */
export type Tasks = Pick<
  SpooldClient,
  'start' | 'status' | 'cancel' | 'respond' | 'list' | 'follow' | 'agents'
>

/**
 * Finds the daemon. Nothing stays open between calls, so there is nothing to close. Rejects with SpoolError
 * `daemon_unreachable`, `daemon_start_failed`, `state_directory_invalid` or `config_invalid`.
 */
export async function connect(options: ConnectOptions = {}): Promise<Tasks> {
  const { spawn = false } = options
  const stateDirectory = resolve(options.stateDirectory ?? defaultStateDirectory(process.env))
  const { client } = await connectTo({
    stateDirectory,
    ...(spawn ? { spawn: () => spawnDaemon({ bin: commandFile(), stateDirectory }), respawns: true } : {}),
  })
  return client
}
