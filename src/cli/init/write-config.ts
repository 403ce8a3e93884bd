import { mkdirSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { SpoolError } from '../../domain/errors.js'
import { writeFileAtomically } from '../../state/atomic-write.js'
import { systemCode } from '../../state/errors.js'

/**
 * Writes a config file with mode 0600, because it may contain keys. Without `replace` it never overwrites a file; a replaced
 * link stays a link. Throws SpoolError `config_invalid` if it exists, `storage_full` or `storage_readonly`.
 */
export function writeConfig(path: string, content: string, { replace }: { replace: boolean }): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileAtomically(replace ? realpathSync(path) : path, content, { replace })
  } catch (cause) {
    const code = systemCode(cause)
    if (code === 'EEXIST') {
      throw new SpoolError('config_invalid', `${path} already exists; run spoold init again.`, { cause })
    }
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      const sentence = `${path} cannot be written because the disk is full: free some space.`
      throw new SpoolError('storage_full', sentence, { cause })
    }
    const sentence = `${path} cannot be written (${code}): make it writable, or use another file with --config.`
    throw new SpoolError('storage_readonly', sentence, { cause })
  }
}
