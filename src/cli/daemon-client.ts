import { connect } from '../client/connect.js'
import type { SpooldClient } from '../client/spoold-client.js'
import { VERSION } from '../config/version.js'
import { SpoolError } from '../domain/errors.js'
import type { Globals } from './globals.js'
import { spawnRequest } from './launch-daemon.js'

/**
 * Does something with the daemon of the state directory, as the person at this machine. One is started when none
 * runs, where that is allowed. A daemon of another version is told in one line.
 *
 * Throws SpoolError `daemon_unreachable`, `daemon_start_failed`, `config_invalid`, and what the daemon refuses.
 */
export async function withDaemon<T>(
  globals: Globals,
  work: (client: SpooldClient) => Promise<T>,
): Promise<T> {
  const { client, daemon } = await connectTo(globals)
  if (daemon.version !== VERSION) {
    process.stderr.write(
      `spoold: the daemon is version ${daemon.version}, this command is ${VERSION}: spoold restart (running tasks survive)\n`,
    )
  }
  return work(client)
}

async function connectTo(globals: Globals) {
  const stateDirectory = globals.paths.root
  if (globals.maySpawn) return connect({ stateDirectory, as: 'operator', spawn: spawnRequest(globals) })
  try {
    return await connect({ stateDirectory, as: 'operator' })
  } catch (cause) {
    if (!(cause instanceof SpoolError && cause.code === 'daemon_unreachable')) throw cause
    throw new SpoolError(
      'daemon_unreachable',
      `No daemon runs for ${stateDirectory}: start it with spoold start, or leave out --no-spawn and SPOOLD_NO_SPAWN.`,
      { cause },
    )
  }
}
