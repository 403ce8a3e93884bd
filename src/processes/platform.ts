import { SpoolError } from '../domain/errors.js'
import { darwinProcesses } from './darwin.js'
import { linuxProcesses } from './linux.js'
import type { ProcessTable } from './process-table.js'

/** Throws SpoolError `unsupported_platform`. */
export function openProcessTable(): ProcessTable {
  switch (process.platform) {
    case 'linux':
      return linuxProcesses()
    case 'darwin':
      return darwinProcesses()
    default:
      throw new SpoolError(
        'unsupported_platform',
        'spoold runs on Linux and macOS; on Windows, use it inside WSL (wsl --install).',
      )
  }
}
