import { commandFile } from '../client/command-file.js'
import { type SpawnRequest, spawnDaemon } from '../client/spawn-daemon.js'
import type { DaemonFile } from '../state/daemon-file.js'
import type { Globals } from './globals.js'

/** How this command line starts a daemon in the background, with the settings that it was given itself. */
export function spawnRequest(globals: Globals, flags: { port?: number; host?: string } = {}): SpawnRequest {
  const config = globals.configFile === undefined ? [] : ['--config', globals.configFile]
  const port = flags.port === undefined ? [] : ['--port', String(flags.port)]
  const host = flags.host === undefined ? [] : ['--host', flags.host]
  return {
    bin: commandFile(),
    stateDirectory: globals.paths.root,
    args: [...config, ...port, ...host],
    env: globals.env,
  }
}

/** Starts a daemon and resolves when it answers. Throws SpoolError `daemon_start_failed` or `config_invalid`. */
export function launchDaemon(globals: Globals, flags: { port?: number; host?: string }): Promise<DaemonFile> {
  return spawnDaemon(spawnRequest(globals, flags))
}
