import { SpoolError } from '../../domain/errors.js'
import { launchd } from './launchd.js'
import type { ServiceManager } from './manager.js'
import { systemd } from './systemd.js'

/** The service manager of this platform. Throws SpoolError `unsupported_platform`. */
export function selectManager(env: NodeJS.ProcessEnv, platform = process.platform): ServiceManager {
  if (platform === 'linux') return systemd(env)
  if (platform === 'darwin') return launchd(env)
  throw new SpoolError(
    'unsupported_platform',
    `spoold does not support services on ${platform}; use spoold start.`,
  )
}
