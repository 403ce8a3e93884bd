import { execFile } from 'node:child_process'
import { systemCode } from '../../state/errors.js'

export interface ProgramResult {
  /** Exit code; null where the program is not there, could not be started or did not end in time. */
  code: number | null
  stdout: string
  /** Of what it wrote to standard error the last line, or why it was not run. */
  reason: string
}

/** A manager waits for a service that it stops. */
const LIMIT_MS = 60_000

/** Runs a program of the system by its name, without a shell, in the C locale, since what it prints is read. */
export function runProgram(name: string, args: string[], env: NodeJS.ProcessEnv): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const options = { env: { ...env, LC_ALL: 'C' }, encoding: 'utf8', timeout: LIMIT_MS } as const
    execFile(name, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null
      const said = stderr.trim().split('\n').at(-1) ?? ''
      resolve({ code, stdout, reason: said === '' && error !== null ? notRun(name, error) : said })
    })
  })
}

function notRun(name: string, error: Error): string {
  return systemCode(error) === 'ENOENT'
    ? `there is no program ${name}`
    : `${name} failed (${systemCode(error)})`
}
