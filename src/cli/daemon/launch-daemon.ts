import { commandFile } from '../../client/command-file.js'
import { spawnDaemon } from '../../client/spawn-daemon.js'
import type { DaemonFile } from '../../state/daemon-file.js'
import type { Globals } from '../global-options.js'

/**
 * Starts a daemon in the background, with the settings of this command line, and resolves when it responds. Throws SpoolError `daemon_start_failed` or `config_invalid`.
 */
export function launchDaemon(globals: Globals, flags: { port?: number; host?: string }): Promise<DaemonFile> {
  const config = globals.configFile === undefined ? [] : ['--config', globals.configFile]
  const port = flags.port === undefined ? [] : ['--port', String(flags.port)]
  const host = flags.host === undefined ? [] : ['--host', flags.host]
  return spawnDaemon({
    bin: commandFile(),
    stateDirectory: globals.paths.root,
    args: [...config, ...port, ...host],
    env: globals.env,
  })
}
