import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { PROJECT } from './build.js'

/** The built command. */
export const BIN = join(PROJECT, 'dist', 'bin', 'spoold.cjs')

export interface CliOptions {
  stateDirectory: string
  env?: Record<string, string>
  cwd?: string
  /** Standard input; empty by default. */
  input?: string
}

export interface CliResult {
  code: number | null
  stdout: string
  stderr: string
}

export interface CliRun {
  child: ChildProcess
  stdout(): string
  stderr(): string
  result: Promise<CliResult>
}

/**
 * The environment of a spoold under test: only what programs need to run, so that neither the settings of the person
 * who runs the tests nor the key of an agent leaks in.
 */
export function cleanEnvironment(
  stateDirectory: string,
  more: Record<string, string> = {},
): NodeJS.ProcessEnv {
  const { PATH, LANG, TMPDIR } = process.env
  return {
    ...(PATH === undefined ? {} : { PATH }),
    ...(LANG === undefined ? {} : { LANG }),
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    HOME: dirname(stateDirectory),
    SPOOLD_STATE_DIR: stateDirectory,
    SPOOLD_PORT: '0',
    ...more,
  }
}

/** Starts `spoold ARGS` without waiting for it. */
export function startCli(args: string[], options: CliOptions): CliRun {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: options.cwd,
    env: cleanEnvironment(options.stateDirectory, options.env),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const result = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }))
  return { child, stdout: () => stdout, stderr: () => stderr, result }
}

/** Runs `spoold ARGS` and resolves when it has exited. */
export function runCli(args: string[], options: CliOptions): Promise<CliResult> {
  return startCli(args, options).result
}

/** Parses the output of a listing with --json: one object per line. */
export function jsonLines<T>(stdout: string): T[] {
  const lines = stdout.split('\n')
  if (lines.pop() !== '') throw new Error('the last line has no end')
  return lines.map((line) => JSON.parse(line))
}
