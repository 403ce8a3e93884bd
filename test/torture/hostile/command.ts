import { Readable } from 'node:stream'
import { commandWord } from '../../../src/cli/commands.js'
import { buildProgram, runProgram } from '../../../src/cli/program.js'
import { VERSION } from '../../../src/config/version.js'
import type { CliResult } from '../../helpers/run-cli.js'

/**
 * Runs `spoold ARGV` in this process, as src/main.ts does, with only the given environment variables. Only one call at a time,
 * because it captures the output of this process.
 */
export async function runInProcess(argv: string[], env: Record<string, string>): Promise<CliResult> {
  const { stdout, stderr, env: originalEnv } = process
  const output = { stdout: '', stderr: '' }
  const original = { stdout: stdout.write, stderr: stderr.write }
  stdout.write = capture((text) => {
    output.stdout += text
  })
  stderr.write = capture((text) => {
    output.stderr += text
  })
  process.env = { ...env }
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') ?? {}
  // Standard input is empty.
  Object.defineProperty(process, 'stdin', { ...stdin, get: () => Readable.from([]) })
  try {
    const code = await runProgram(await buildProgram(VERSION, commandWord(argv)), argv)
    return { code, ...output }
  } finally {
    stdout.write = original.stdout
    stderr.write = original.stderr
    process.env = originalEnv
    Object.defineProperty(process, 'stdin', stdin)
  }
}

function capture(add: (text: string) => void): typeof process.stdout.write {
  return (part: string | Uint8Array, ...rest: unknown[]) => {
    add(typeof part === 'string' ? part : Buffer.from(part).toString())
    const done = rest.find((given): given is () => void => typeof given === 'function')
    done?.()
    return true
  }
}
