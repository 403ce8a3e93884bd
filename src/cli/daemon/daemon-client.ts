import { connect } from '../../client/connect.js'
import type { SpooldClient } from '../../client/spoold-client.js'
import { VERSION } from '../../config/version.js'
import type { Globals } from '../global-options.js'
import { warn } from '../terminal/print.js'

/**
 * Does something with the daemon of the state directory, as the person at this machine. One is started when none
 * runs, where that is allowed. A daemon of another version is told in one line.
 *
 * Throws SpoolError `daemon_unreachable`, `daemon_start_failed`, `state_directory_invalid`, `config_invalid`, and what
 * the daemon refuses, in the words of the command line.
 */
export async function withDaemon<T>(
  globals: Globals,
  work: (client: SpooldClient) => Promise<T>,
): Promise<T> {
  const { client, daemon } = await connect({
    stateDirectory: globals.paths.root,
    as: 'operator',
    spawn: globals.maySpawn ? () => launch(globals) : undefined,
  })
  if (daemon.version !== VERSION) {
    warn(
      `the daemon is version ${daemon.version}, this command is ${VERSION}: spoold restart (running tasks survive)`,
    )
  }
  return await work(client)
}

/** Loaded only when it comes to that: it mostly does not. */
async function launch(globals: Globals) {
  const { launchDaemon } = await import('./launch-daemon.js')
  return launchDaemon(globals, {})
}
