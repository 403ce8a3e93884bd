import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { SpoolError } from '../domain/errors.js'
import type { LaunchSpec } from '../domain/processes.js'

/** Linux's MAX_ARG_STRLEN: one argument, or one NAME=VALUE, including the final NUL. */
const MAX_ARGUMENT_BYTES = 128 * 1024

/**
 * Checks a launch while a clear error is still possible: later only a shell would complain, into the spool.
 * Throws SpoolError `launch_error`.
 */
export async function validateLaunchSpec(spec: LaunchSpec): Promise<void> {
  await validateDirectory(spec.cwd)
  await validateProgram(spec.argv[0])
  for (const argument of spec.argv) validateArgument(argument, 'An argument')
  for (const [name, value] of Object.entries(spec.env)) {
    // A shell silently drops variables with other names.
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw launchError(`The environment variable name "${name}" is not valid; use letters, digits and _.`)
    }
    validateArgument(`${name}=${value}`, `The environment variable ${name}`)
  }
}

/** The error of a shell that could not be started. */
export function toStartError(cause: unknown): SpoolError {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'E2BIG') {
    return launchError(
      'The arguments and the environment together exceed the limit of the system; pass long text on standard input.',
      cause,
    )
  }
  if (code === 'EAGAIN' || code === 'ENOMEM' || code === 'EMFILE' || code === 'ENFILE') {
    return launchError(`The system cannot start another process (${code}); try again later.`, cause)
  }
  return launchError(`The process could not be started: ${message}.`, cause)
}

async function validateDirectory(cwd: string): Promise<void> {
  const entry = await stat(cwd).catch((cause: unknown) => {
    throw launchError(`The working directory ${cwd} does not exist; create it or choose another.`, cause)
  })
  if (!entry.isDirectory()) {
    throw launchError(`The working directory ${cwd} is not a directory; choose another.`)
  }
  await access(cwd, constants.X_OK).catch((cause: unknown) => {
    throw launchError(
      `The user that runs the daemon cannot enter the working directory ${cwd}; change its permissions or choose another.`,
      cause,
    )
  })
}

async function validateProgram(program: string): Promise<void> {
  // A bare name could be a builtin of the wrapper's shell.
  if (!isAbsolute(program)) throw launchError(`The program "${program}" must be an absolute path.`)
  const entry = await stat(program).catch((cause: unknown) => {
    throw launchError(`The program ${program} does not exist; install it or correct its path.`, cause)
  })
  if (!entry.isFile()) throw launchError(`The program ${program} is not a file; correct its path.`)
  await access(program, constants.X_OK).catch((cause: unknown) => {
    throw launchError(`The program ${program} is not executable; run chmod +x on it.`, cause)
  })
}

function validateArgument(argument: string, subject: string): void {
  if (argument.includes('\0')) throw launchError(`${subject} contains a NUL character; remove it.`)
  if (Buffer.byteLength(argument) >= MAX_ARGUMENT_BYTES) {
    throw launchError(`${subject} exceeds the system's limit of 128 KiB; pass it on standard input.`)
  }
}

function launchError(sentence: string, cause?: unknown): SpoolError {
  return new SpoolError('launch_error', sentence, { cause })
}
