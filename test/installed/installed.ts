import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

function named(variable: string): string {
  const value = process.env[variable]
  if (value === undefined) throw new Error(`${variable} is not set: npm run test:installed`)
  return value
}

/** The prefix where npm installed the tarball, and the tarball. */
export const PREFIX = named('SPOOLD_INSTALLED')
export const TARBALL = named('SPOOLD_TARBALL')
/** The folder of the installed package. */
export const PACKAGE = join(PREFIX, 'lib', 'node_modules', 'spoold')

/**
 * The environment right after installation: the command is on PATH, and no SPOOLD_ variable is set.
 *
 * @param home an empty directory
 * @param more variables; a PATH comes first
 */
export function freshEnvironment(home: string, more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const path = [more.PATH, join(PREFIX, 'bin'), process.env.PATH].filter((part) => part !== undefined)
  const { LANG, TMPDIR } = process.env
  return {
    ...(LANG === undefined ? {} : { LANG }),
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    HOME: home,
    ...more,
    PATH: path.join(':'),
  }
}

/** Runs a program from PATH to its end. Throws if its exit code is not 0. */
export async function runFresh(program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv) {
  return promisify(execFile)(program, args, { cwd, env, maxBuffer: 64e6 })
}
