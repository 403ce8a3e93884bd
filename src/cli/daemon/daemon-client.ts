import { connect } from '../../client/connect.js'
import type { SpooldClient } from '../../client/spoold-client.js'
import { VERSION } from '../../config/version.js'
import type { Globals } from '../global-options.js'
import { warn } from '../terminal/print.js'

/**
 * Calls `work` with a client of the state directory's daemon, as the operator. A daemon is started if none is running and
 * that is allowed. Warns if the daemon has another version.
 *
 * Throws SpoolError `daemon_unreachable`, `daemon_start_failed`, `state_directory_invalid`, `config_invalid`, and errors of
 * the daemon.
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
      `the daemon has version ${daemon.version}, this command ${VERSION}: run spoold restart (running tasks continue)`,
    )
  }
  return await work(client)
}

/** Loaded only when needed, which is rare. */
async function launch(globals: Globals) {
  const { launchDaemon } = await import('./launch-daemon.js')
  return launchDaemon(globals, {})
}
