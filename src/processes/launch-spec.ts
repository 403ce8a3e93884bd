import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { SpoolError } from '../domain/errors.js'
import type { LaunchSpec } from '../domain/processes.js'

/** Linux's MAX_ARG_STRLEN: one argument, or one NAME=VALUE, with the NUL at its end. */
const MAX_ARGUMENT_BYTES = 128 * 1024

/**
 * Refuses what cannot be started, while a clear sentence is still possible: after this only a shell would complain,
 * into the spool. Throws SpoolError `launch_error`.
 */
export async function checkLaunchSpec(order: LaunchSpec): Promise<void> {
  await checkDirectory(order.cwd)
  await checkProgram(order.argv[0])
  for (const argument of order.argv) checkArgument(argument, 'An argument')
  for (const [name, value] of Object.entries(order.env)) {
    // A shell drops other names in silence.
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw refusal(`The environment variable "${name}" cannot be handed on: use letters, digits and _.`)
    }
    checkArgument(`${name}=${value}`, `The environment variable ${name}`)
  }
}

/** What the system said when the shell could not be started. */
export function startFailure(cause: unknown): SpoolError {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'E2BIG') {
    return refusal('The arguments and the environment are together larger than the system allows.', cause)
  }
  if (code === 'EAGAIN' || code === 'ENOMEM' || code === 'EMFILE' || code === 'ENFILE') {
    return refusal(`The system has no room for one more process (${code}): try again later.`, cause)
  }
  return refusal(`The process could not be started: ${message}.`, cause)
}

async function checkDirectory(cwd: string): Promise<void> {
  const found = await stat(cwd).catch((cause: unknown) => {
    throw refusal(`The working directory ${cwd} is not there: make it, or name another.`, cause)
  })
  if (!found.isDirectory()) throw refusal(`The working directory ${cwd} is not a directory: name another.`)
  await access(cwd, constants.X_OK).catch((cause: unknown) => {
    throw refusal(`The working directory ${cwd} may not be entered by the user that runs the daemon.`, cause)
  })
}

async function checkProgram(program: string): Promise<void> {
  // Anything else could be a builtin of the wrapper's shell.
  if (!isAbsolute(program)) throw refusal(`The program "${program}" must be named by its absolute path.`)
  const found = await stat(program).catch((cause: unknown) => {
    throw refusal(`The program ${program} is not there: install it, or correct its path.`, cause)
  })
  if (!found.isFile()) throw refusal(`The program ${program} is not a file: correct its path.`)
  await access(program, constants.X_OK).catch((cause: unknown) => {
    throw refusal(`The program ${program} is not executable: chmod +x it.`, cause)
  })
}

function checkArgument(argument: string, what: string): void {
  if (argument.includes('\0')) throw refusal(`${what} has a NUL character, which no process can be given.`)
  if (Buffer.byteLength(argument) >= MAX_ARGUMENT_BYTES) {
    throw refusal(`${what} is over 128 KiB, which no process can be given: hand it over as standard input.`)
  }
}

function refusal(sentence: string, cause?: unknown): SpoolError {
  return new SpoolError('launch_error', sentence, { cause })
}
