import { execFile } from 'node:child_process'
import { systemCode } from '../../state/errors.js'

export interface ProgramResult {
  /** Exit code; null if the program was not found, could not be started or did not exit in time. */
  code: number | null
  stdout: string
  /** The last line of standard error, or why it was not run. */
  reason: string
}

/** Service managers wait until a service has stopped. */
const LIMIT_MS = 60_000

/** Runs a system program without a shell, in the C locale, because its output is parsed. */
export function runSystemProgram(
  name: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const options = { env: { ...env, LC_ALL: 'C' }, encoding: 'utf8', timeout: LIMIT_MS } as const
    execFile(name, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null
      const message = stderr.trim().split('\n').at(-1) ?? ''
      resolve({ code, stdout, reason: message === '' && error !== null ? notRun(name, error) : message })
    })
  })
}

function notRun(name: string, error: Error): string {
  return systemCode(error) === 'ENOENT' ? `${name} was not found` : `${name} failed (${systemCode(error)})`
}
