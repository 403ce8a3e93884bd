import { SpoolError } from '../../domain/errors.js'
import { launchd } from './launchd.js'
import type { ServiceManager } from './manager.js'
import { systemd } from './systemd.js'

/** The manager of services of this system. Throws SpoolError `unsupported_platform`. */
export function ownManager(env: NodeJS.ProcessEnv, platform = process.platform): ServiceManager {
  if (platform === 'linux') return systemd(env)
  if (platform === 'darwin') return launchd(env)
  throw new SpoolError(
    'unsupported_platform',
    `spoold knows no services on ${platform}: start the daemon with spoold start.`,
  )
}
