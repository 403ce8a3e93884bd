import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { SpoolError } from '../../domain/errors.js'
import { writeFileAtomically } from '../../state/atomic-write.js'
import { systemCode, writeFailure } from '../../state/errors.js'
import type { ServiceManager } from './manager.js'

/** The installed definition of the service. */
export interface FoundService {
  text: string
  isOurs: boolean
  /** Its command line: program, script and arguments; empty if it cannot be parsed. */
  command: string[]
  /** The state directory of its daemon, if it is ours. */
  stateDirectory: string
}

/** Undefined if it does not exist. Throws SpoolError `storage_failed` if it cannot be read. */
export function findService(manager: ServiceManager): FoundService | undefined {
  if (!existsSync(manager.file)) return undefined
  const text = read(manager.file)
  const command = manager.commandOf(text) ?? []
  // Our definitions name the log, which is in the state directory.
  const index = command.indexOf('--log-file')
  const log = index === -1 ? undefined : command[index + 1]
  return {
    text,
    isOurs: log !== undefined && manager.isOurs(text),
    command,
    stateDirectory: dirname(log ?? manager.file),
  }
}

/**
 * Writes the definition atomically; a link stays a link. It is readable for all, as usual, and contains no secrets. Throws
 * SpoolError `storage_full` or `storage_readonly`.
 */
export function writeDefinition(file: string, text: string): void {
  const target = existsSync(file) ? realpathSync(file) : file
  try {
    mkdirSync(dirname(target), { recursive: true })
    writeFileAtomically(target, text, { mode: 0o644 })
  } catch (cause) {
    throw writeFailure(file, cause)
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const sentence = `${file} cannot be read (${systemCode(cause)}): move it away or make it readable.`
    throw new SpoolError('storage_failed', sentence, { cause })
  }
}

/** The program and script of the service that no longer exist, as after an upgrade of Node. */
export function missingFiles({ command }: FoundService): string[] {
  return command.slice(0, 2).filter((path) => !existsSync(path))
}
