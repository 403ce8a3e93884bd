import { Readable } from 'node:stream'
import { buildProgram, runProgram } from '../../../src/cli/program.js'
import { commandWord } from '../../../src/cli/quick-commands.js'
import { VERSION } from '../../../src/config/version.js'
import type { CliResult } from '../../helpers/run-cli.js'

/**
 * Runs `spoold ARGV` in this process, as src/main.ts does, with this environment and nothing else of it. One at a time:
 * what it prints is taken from this process's own streams.
 */
export async function runInProcess(argv: string[], env: Record<string, string>): Promise<CliResult> {
  const { stdout, stderr, env: ownEnv } = process
  const printed = { stdout: '', stderr: '' }
  const own = { stdout: stdout.write, stderr: stderr.write }
  stdout.write = taking((text) => {
    printed.stdout += text
  })
  stderr.write = taking((text) => {
    printed.stderr += text
  })
  process.env = { ...env }
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') ?? {}
  // Nothing is piped in.
  Object.defineProperty(process, 'stdin', { ...stdin, get: () => Readable.from([]) })
  try {
    const code = await runProgram(buildProgram(VERSION, commandWord(argv)), argv)
    return { code, ...printed }
  } finally {
    stdout.write = own.stdout
    stderr.write = own.stderr
    process.env = ownEnv
    Object.defineProperty(process, 'stdin', stdin)
  }
}

function taking(take: (text: string) => void): typeof process.stdout.write {
  return (part: string | Uint8Array, ...rest: unknown[]) => {
    take(typeof part === 'string' ? part : Buffer.from(part).toString())
    const done = rest.find((given): given is () => void => typeof given === 'function')
    done?.()
    return true
  }
}
