import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AttemptRef, Processes } from '../domain/processes.js'
import { settleClaim } from './claim.js'
import { killAttempt, type ProcessLog } from './kill.js'
import { launch } from './launch.js'
import { openProcessTable } from './platform.js'
import { isAlive } from './process-table.js'
import { findRemaining } from './remaining-processes.js'
import { discardSpool, spooledTasks, spoolFiles } from './spool.js'
import { openSpoolInput } from './spool-input.js'
import { openSpoolReader } from './spool-reader.js'

export interface ProcessesOptions {
  /** The directory of all spools; created with mode 0700 if it does not exist. */
  spoolRoot: string
  /** A POSIX shell for the wrapper; default /bin/sh. */
  shell?: string
  /** How long a process may take from its start to its claim, in ms; default 10,000. */
  claimTimeoutMs?: number
  log?: ProcessLog
}

/** The processes of this machine. Does nothing by itself. Throws SpoolError `unsupported_platform`. */
export function createProcesses(options: ProcessesOptions): Processes {
  const table = openProcessTable()
  const spoolRoot = resolve(options.spoolRoot)
  const settings = {
    shell: options.shell ?? '/bin/sh',
    claimTimeoutMs: options.claimTimeoutMs ?? 10_000,
  }
  return {
    launch: async (spec) => launch(spoolFiles(spoolRoot, spec.taskId), spec, settings),
    settleLaunch: async ({ taskId, attempt }) => settleClaim(spoolFiles(spoolRoot, taskId), attempt),
    isAlive: (identity) => isAlive(table, identity),
    ageMs: ({ bootId, startTime }) => (bootId === table.bootId ? table.since(startTime) : undefined),
    isFromEarlierBoot: (identity) => identity.bootId !== table.bootId,
    exitCode: (attempt) => readExitCode(spoolRoot, attempt),
    hasRemaining: (attempt, identity) => findRemaining(table, attempt, identity, new Map()).length > 0,
    kill: (attempt, identity, graceMs) => killAttempt(table, attempt, identity, graceMs, options.log),
    openInput: ({ taskId, attempt }) => openSpoolInput(spoolFiles(spoolRoot, taskId), attempt),
    openSpool: (taskId, onChange) => openSpoolReader(spoolFiles(spoolRoot, taskId), onChange),
    discardSpool: (taskId) => discardSpool(spoolRoot, taskId),
    spooledTasks: () => spooledTasks(spoolRoot),
  }
}

function readExitCode(spoolRoot: string, { taskId, attempt }: AttemptRef): number | undefined {
  try {
    const recorded = readFileSync(spoolFiles(spoolRoot, taskId).exit(attempt), 'latin1')
    // A file without a newline was torn by a crash of the machine and may lack digits. The blanks come from the space that
    // the wrapper reserved.
    return /^\d+ *\n$/.test(recorded) ? Number(recorded) : undefined
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw cause
  }
}
