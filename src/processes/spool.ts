import { chmod, type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Stream } from '../domain/adapter.js'
import { SpoolError } from '../domain/errors.js'
import type { LaunchSpec } from '../domain/processes.js'
import { spoolFailure } from './spool-failure.js'

/** Absolute paths of one task's spool: `<spoolRoot>/<taskId>/`, a directory of mode 0700 with files of mode 0600. */
export interface SpoolFiles {
  directory: string
  /** What the agent reads as standard input: its message, or all that was said to it. */
  input: string
  streams: Record<Stream, string>
  /** FIFOs of an attempt that is spoken to: its standard input, and the one that rings its feeder (wrapper.ts). */
  pipe(attempt: number): string
  bell(attempt: number): string
  /** Who runs the attempt, or that nobody ever will; see claim.ts. */
  claim(attempt: number): string
  /** The exit code of the attempt, as decimal digits and a newline; made by rename, so it is whole or absent. */
  exit(attempt: number): string
}

/** Where the task spools. Throws SpoolError `invalid_input` for an id that is no plain file name. */
export function spoolFiles(spoolRoot: string, taskId: string): SpoolFiles {
  if (!isTaskName(taskId)) {
    throw new SpoolError('invalid_input', `"${taskId}" cannot be the id of a task.`, { field: 'task_id' })
  }
  const directory = join(spoolRoot, taskId)
  return {
    directory,
    input: join(directory, 'in'),
    streams: { out: join(directory, 'out'), err: join(directory, 'err') },
    pipe: (attempt) => join(directory, `pipe-${attempt}`),
    bell: (attempt) => join(directory, `bell-${attempt}`),
    claim: (attempt) => join(directory, `claim-${attempt}`),
    exit: (attempt) => join(directory, `exit-${attempt}`),
  }
}

/** What the wrapper gets as its file descriptors 1 and 2; the caller closes both. */
export interface OpenSpool {
  out: number
  err: number
  close(): Promise<void>
}

/**
 * Makes the spool directory, writes the input and opens the two streams for appending.
 * Throws SpoolError `storage_full`, `storage_readonly` or `launch_error`.
 */
export async function prepareSpool(
  files: SpoolFiles,
  { attempt, input }: Pick<LaunchSpec, 'attempt' | 'input'>,
): Promise<OpenSpool> {
  try {
    await makeDirectory(files)
    if (input.is !== 'none') await writeInput(files.input, input.is === 'message' ? input.text : '')
    // A launch of the same attempt that failed has left them.
    for (const path of [files.pipe(attempt), files.bell(attempt)]) await rm(path, { force: true })
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
    throw spoolFailure(cause, files.directory)
  }
}

/**
 * Makes the directory of a task and the one of all spools, where they are not there yet. Their mode is set afterwards,
 * too, since a umask may have taken even our own permissions away. Throws the errors of the file system.
 */
export async function makeDirectory(files: SpoolFiles): Promise<void> {
  for (const directory of [dirname(files.directory), files.directory]) {
    try {
      await mkdir(directory, { mode: 0o700 })
      await chmod(directory, 0o700)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    }
  }
}

/** Removes the spool of a task; no error where there is none. */
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

/** Appending is what makes every write land at the end, even after the daemon cut the file back. */
function openStream(path: string): Promise<FileHandle> {
  return openPrivate(path, 'a')
}

async function writeInput(path: string, input: string): Promise<void> {
  // That of an attempt before, which is another file.
  await rm(path, { force: true })
  const file = await openPrivate(path, 'wx')
  await file.writeFile(input).finally(() => file.close())
}

/** Mode 0600 whatever the umask. The caller closes it. */
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

/** Keeps a damaged id from naming anything outside of the spool root. */
function isTaskName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)
}
