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
  /** The directory of all spools; made with mode 0700 where it is not there. */
  spoolRoot: string
  /** A POSIX shell for the wrapper; /bin/sh without it. */
  shell?: string
  /** How long a process may take from its start to its claim, in ms; 10 s without it. */
  claimTimeoutMs?: number
  log?: ProcessLog
}

/** The runner of this machine. Throws SpoolError `unsupported_platform`. It does nothing unless it is asked. */
export function createProcesses(options: ProcessesOptions): Processes {
  const table = openProcessTable()
  const spoolRoot = resolve(options.spoolRoot)
  const settings = {
    shell: options.shell ?? '/bin/sh',
    claimTimeoutMs: options.claimTimeoutMs ?? 10_000,
  }
  return {
    launch: async (order) => launch(spoolFiles(spoolRoot, order.taskId), order, settings),
    settleLaunch: async ({ taskId, attempt }) => settleClaim(spoolFiles(spoolRoot, taskId), attempt),
    isAlive: (identity) => isAlive(table, identity),
    ageMs: ({ bootId, startTime }) => (bootId === table.bootId ? table.since(startTime) : undefined),
    isFromEarlierBoot: (identity) => identity.bootId !== table.bootId,
    exitCode: (attempt) => readExitCode(spoolRoot, attempt),
    hasRemaining: (attempt, identity) => findRemaining(table, attempt, identity, new Map()).length > 0,
    kill: (attempt, identity, graceMs) => killAttempt(table, attempt, identity, graceMs, options.log),
    openInput: ({ taskId, attempt }) => openSpoolInput(spoolFiles(spoolRoot, taskId), attempt),
    openSpool: (taskId) => openSpoolReader(spoolFiles(spoolRoot, taskId)),
    discardSpool: (taskId) => discardSpool(spoolRoot, taskId),
    spooledTasks: () => spooledTasks(spoolRoot),
  }
}

function readExitCode(spoolRoot: string, { taskId, attempt }: AttemptRef): number | undefined {
  try {
    const recorded = readFileSync(spoolFiles(spoolRoot, taskId).exit(attempt), 'latin1')
    // Without its newline it was torn by a crash of the machine, and its digits are not all there. Blanks fill the room that
    // was taken for it.
    return /^\d+ *\n$/.test(recorded) ? Number(recorded) : undefined
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw cause
  }
}
