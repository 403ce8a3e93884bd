import { SpoolError } from '../../domain/errors.js'
import { runningDaemon } from '../daemon/daemon-process.js'
import type { Globals } from '../global-options.js'
import { print, warn } from '../terminal/print.js'
import type { DaemonService } from './daemon-service.js'
import { missingFiles } from './definition.js'
import { startService } from './start-service.js'

/**
 * Starts or restarts the service of this state directory. Only its manager starts it, because a daemon started directly
 * would not be restarted after a crash. Throws SpoolError `daemon_start_failed`.
 */
export async function startDaemonService(
  globals: Globals,
  { manager, service }: DaemonService,
): Promise<void> {
  const missing = missingFiles(service)
  if (missing.length > 0) {
    const sentence = `The service runs ${missing.join(' and ')}, which no longer exists: run spoold service install again.`
    throw new SpoolError('daemon_start_failed', sentence)
  }
  if (globals.configFile !== undefined) {
    warn(
      'the service uses the settings of its installation; spoold service install --config FILE changes them',
    )
  }
  if ((await runningDaemon(globals.paths)) !== undefined) {
    const { stopDaemon } = await import('../stop.js')
    await stopDaemon(globals, false)
  }
  const daemon = await startService(globals.paths, manager)
  print(`spoold ${daemon.version} started as a ${manager.title}: pid ${daemon.pid}, ${daemon.url}\n`)
}
