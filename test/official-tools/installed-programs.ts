import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROGRAMS = fileURLToPath(new URL('node_modules/.bin', import.meta.url))
/** Node 22, which they require. */
const NODE = join(PROGRAMS, 'node')
/** A run takes a second or two, more on a busy machine; one that hangs must not hang the others. */
const MAX_MS = 45_000

/**
 * Runs one of the official programs and parses its output as JSON. Rejects with the output if the exit code is not 0.
 */
export function runInstalled(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<unknown> {
  const options = { env, timeout: MAX_MS, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 } as const
  return new Promise((resolve, reject) => {
    const child = execFile(NODE, [join(PROGRAMS, program), ...args], options, (error, stdout, stderr) => {
      if (error === null) return resolve(JSON.parse(stdout))
      const end = error.killed === true ? `was killed after ${MAX_MS} ms` : `ended with ${error.code}`
      reject(new Error(`${program} ${end}\n${stdout}${stderr}`))
    })
    child.stdin?.end()
  })
}
