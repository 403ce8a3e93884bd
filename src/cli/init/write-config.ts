import { mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { SpoolError } from '../../domain/errors.js'
import { systemCode } from '../../state/errors.js'
import { createDurableFile } from '../../state/private-file.js'

/**
 * Writes a config file with mode 0600, since keys may come to stand in it. A new one replaces nothing that somebody
 * else made meanwhile; `replace` is written aside and renamed, behind a link where the file is one. Throws SpoolError
 * `config_invalid` where it is there already, `storage_full` or `storage_readonly`.
 */
export function writeConfig(path: string, content: string, { replace }: { replace: boolean }): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    if (replace) replaceFile(realpathSync(path), content)
    else createDurableFile(path, content)
  } catch (cause) {
    const code = systemCode(cause)
    if (code === 'EEXIST') {
      throw new SpoolError('config_invalid', `${path} is there already; run spoold init again.`, { cause })
    }
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      const sentence = `${path} cannot be written, the disk is full: free some space.`
      throw new SpoolError('storage_full', sentence, { cause })
    }
    const sentence = `${path} cannot be written (${code}): make it writable, or name another file by --config.`
    throw new SpoolError('storage_readonly', sentence, { cause })
  }
}

function replaceFile(path: string, content: string): void {
  const aside = `${path}.${process.pid}`
  try {
    createDurableFile(aside, content)
    renameSync(aside, path)
  } finally {
    rmSync(aside, { force: true })
  }
}
