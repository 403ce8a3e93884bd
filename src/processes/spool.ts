import { chmod, type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Stream } from '../domain/adapter.js'
import { SpoolError } from '../domain/errors.js'
import type { LaunchSpec } from '../domain/processes.js'

/** Absolute paths of one task's spool, `<spoolRoot>/<taskId>/`: a directory of mode 0700 with files of mode 0600. */
export interface SpoolFiles {
  directory: string
  /** The agent's standard input: its message, or everything sent to it in a dialogue. */
  input: string
  streams: Record<Stream, string>
  /** FIFO that is the standard input of an agent in a dialogue; the feeder writes to it (wrapper.ts). */
  inputFifo(attempt: number): string
  /** FIFO through which the daemon wakes the feeder. */
  wakeFifo(attempt: number): string
  /** Which process runs the attempt, or that none ever will; see claim.ts. */
  claim(attempt: number): string
  /** The attempt's exit code: decimal digits and a newline. Created by a rename, so it is complete or missing. */
  exit(attempt: number): string
}

/** The spool of a task. Throws SpoolError `invalid_input` for an id that is not a plain file name. */
export function spoolFiles(spoolRoot: string, taskId: string): SpoolFiles {
  if (!isTaskName(taskId)) {
    throw new SpoolError('invalid_input', `"${taskId}" is not a valid task id.`, { field: 'task_id' })
  }
  const directory = join(spoolRoot, taskId)
  return {
    directory,
    input: join(directory, 'in'),
    streams: { out: join(directory, 'out'), err: join(directory, 'err') },
    // Tasks that an older daemon started use these names, so they cannot change.
    inputFifo: (attempt) => join(directory, `pipe-${attempt}`),
    wakeFifo: (attempt) => join(directory, `bell-${attempt}`),
    claim: (attempt) => join(directory, `claim-${attempt}`),
    exit: (attempt) => join(directory, `exit-${attempt}`),
  }
}

/** File descriptors for the wrapper's standard output and standard error; the caller closes both. */
export interface OpenSpool {
  out: number
  err: number
  close(): Promise<void>
}

/**
 * Creates the spool directory, writes the input and opens the two streams for appending.
 * Throws SpoolError `storage_full`, `storage_readonly` or `launch_error`.
 */
export async function prepareSpool(
  files: SpoolFiles,
  { attempt, input }: Pick<LaunchSpec, 'attempt' | 'input'>,
): Promise<OpenSpool> {
  try {
    await makeSpoolDirectory(files)
    if (input.is !== 'none') await writeInput(files.input, input.is === 'message' ? input.text : '')
    // A failed launch of the same attempt may have left them behind.
    for (const fifo of [files.inputFifo(attempt), files.wakeFifo(attempt)]) await rm(fifo, { force: true })
    const out = await openStream(files.streams.out)
    try {
      const err = await openStream(files.streams.err)
      return {
        out: out.fd,
        err: err.fd,
        close: async () => {
          await Promise.all([out.close(), err.close()])
        },
      }
    } catch (cause) {
      await out.close()
      throw cause
    }
  } catch (cause) {
    throw toSpoolError(cause, files.directory)
  }
}

/**
 * Creates the spool root and the task's directory if they do not exist. The mode is set separately because a umask can
 * remove even the owner's permissions. Throws file system errors.
 */
export async function makeSpoolDirectory(files: SpoolFiles): Promise<void> {
  for (const directory of [dirname(files.directory), files.directory]) {
    try {
      await mkdir(directory, { mode: 0o700 })
      await chmod(directory, 0o700)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    }
  }
}

/** Removes the spool of a task. Does nothing if there is none. */
export async function discardSpool(spoolRoot: string, taskId: string): Promise<void> {
  await rm(spoolFiles(spoolRoot, taskId).directory, { recursive: true, force: true, maxRetries: 3 })
}

/** The ids of all tasks that have a spool directory. */
export async function spooledTasks(spoolRoot: string): Promise<string[]> {
  try {
    const entries = await readdir(spoolRoot, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory() && isTaskName(entry.name)).map((entry) => entry.name)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw cause
  }
}

/** A file system error of the spool as a SpoolError with the remedy. A SpoolError is returned unchanged. */
export function toSpoolError(cause: unknown, path: string): SpoolError {
  if (cause instanceof SpoolError) return cause
  const { code, message } = cause as NodeJS.ErrnoException
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new SpoolError(
        'storage_full',
        `No space is left for the spool ${path}; free some space and start the task again.`,
        { cause },
      )
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new SpoolError(
        'storage_readonly',
        `spoold cannot write to the spool ${path}; make it writable for the user that runs the daemon.`,
        { cause },
      )
    default:
      return new SpoolError('launch_error', `The spool ${path} could not be prepared: ${message}.`, { cause })
  }
}

/** In append mode every write lands at the end, even after the file was truncated. */
function openStream(path: string): Promise<FileHandle> {
  return openPrivate(path, 'a')
}

async function writeInput(path: string, input: string): Promise<void> {
  // The input of an earlier attempt must not change under a process that still reads it.
  await rm(path, { force: true })
  const file = await openPrivate(path, 'wx')
  await file.writeFile(input).finally(() => file.close())
}

/** Opens a file with mode 0600, whatever the umask. The caller closes it. */
async function openPrivate(path: string, flags: string): Promise<FileHandle> {
  const file = await open(path, flags, 0o600)
  try {
    await file.chmod(0o600)
    return file
  } catch (cause) {
    await file.close()
    throw cause
  }
}

/** Keeps a damaged id from naming a path outside the spool root. */
function isTaskName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)
}
