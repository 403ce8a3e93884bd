import { killWhere, processesWhere } from './process-environments.mjs'

const has = (entry: string) => (environment: string) => environment.split('\0').includes(entry)

/** Pids of the running processes, without zombies, that have `NAME=value` in their environment. Linux only. */
export function processesWith(entry: string): number[] {
  return processesWhere(has(entry))
}

/**
 * Sends SIGKILL to all processes with that entry, in the order of their start: the wrapper of a task dies first, so it
 * records no exit code. Only for entries that the test itself has set.
 */
export function killProcessesWith(entry: string): void {
  killWhere(has(entry))
}
