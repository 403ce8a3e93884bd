import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { SpoolError } from '../../domain/errors.js'
import { systemCode, writeFailure } from '../../state/errors.js'
import type { ServiceManager } from './manager.js'

/** The definition of the service that is there. */
export interface FoundService {
  text: string
  isOurs: boolean
  /** What it runs: program, script, and the words after them; empty where that cannot be read. */
  command: string[]
  /** Of the daemon that it runs, where it is ours. */
  stateDirectory: string
}

/** Undefined where there is none. Throws SpoolError `storage_failed` where it cannot be read. */
export function findService(manager: ServiceManager): FoundService | undefined {
  if (!existsSync(manager.file)) return undefined
  const text = read(manager.file)
  const command = manager.commandOf(text) ?? []
  // Of ours each names its log, in its state directory.
  const place = command.indexOf('--log-file')
  const log = place === -1 ? undefined : command[place + 1]
  return {
    text,
    isOurs: log !== undefined && manager.isOurs(text),
    command,
    stateDirectory: dirname(log ?? manager.file),
  }
}

/**
 * Writes it whole, behind a link where the file is one. It is readable for all, as such files are; it holds no secret.
 * Throws SpoolError `storage_full` or `storage_readonly`.
 */
export function writeDefinition(file: string, text: string): void {
  const target = existsSync(file) ? realpathSync(file) : file
  const aside = `${target}.${process.pid}`
  try {
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(aside, text, { flag: 'wx' })
    chmodSync(aside, 0o644)
    renameSync(aside, target)
  } catch (cause) {
    rmSync(aside, { force: true })
    throw writeFailure(file, cause)
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const sentence = `${file} cannot be read (${systemCode(cause)}): move it away, or make it a readable file.`
    throw new SpoolError('storage_failed', sentence, { cause })
  }
}
