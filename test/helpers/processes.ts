import { killWhere, processesWhere } from './process-environments.mjs'

const has = (entry: string) => (environment: string) => environment.split('\0').includes(entry)

/** Pids of the living processes (zombies do not live) that have `NAME=value` in their environment. Linux only. */
export function processesWith(entry: string): number[] {
  return processesWhere(has(entry))
}

/**
 * SIGKILLs all processes with that entry, in the order in which they were started: so the wrapper of a task dies first
 * and can record nothing. Only for marks that the test itself gave out.
 */
export function killProcessesWith(entry: string): void {
  killWhere(has(entry))
}
