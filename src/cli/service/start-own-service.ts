import { SpoolError } from '../../domain/errors.js'
import { runningDaemon } from '../daemon/daemon-process.js'
import type { Globals } from '../global-options.js'
import { print, warn } from '../terminal/print.js'
import { missingFiles } from './missing-files.js'
import type { OwnService } from './own-service.js'
import { startService } from './start-service.js'

/**
 * Starts the service of this state directory, or ends its daemon and starts it again; by its manager, since a daemon that
 * somebody else started in its place would not come back by itself. Throws SpoolError `daemon_start_failed`.
 */
export async function startOwnService(globals: Globals, { manager, service }: OwnService): Promise<void> {
  const gone = missingFiles(service)
  if (gone.length > 0) {
    const sentence = `The service runs ${gone.join(' and ')}, which is gone: spoold service install writes it anew.`
    throw new SpoolError('daemon_start_failed', sentence)
  }
  if (globals.configFile !== undefined) {
    warn(
      'the service has the settings that it was installed with: spoold service install --config takes others over',
    )
  }
  if ((await runningDaemon(globals.paths)) !== undefined) {
    const { stopDaemon } = await import('../stop.js')
    await stopDaemon(globals, false)
  }
  const daemon = await startService(globals.paths, manager)
  print(`spoold ${daemon.version} started by its ${manager.title}: pid ${daemon.pid}, ${daemon.url}\n`)
}
