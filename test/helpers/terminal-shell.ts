import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { BIN, cleanEnvironment } from './run-cli.js'
import { tempDirectory } from './temp-state.js'
import { waitFor } from './wait-for.js'

/** Whether a program is installed. */
export function isInstalled(program: string): boolean {
  return spawnSync('/bin/sh', ['-c', `command -v ${program}`]).status === 0
}

/** A directory for PATH in which `spoold` is the built command. */
export function spooldOnPath(): string {
  const directory = tempDirectory('bin')
  const file = join(directory, 'spoold')
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`)
  chmodSync(file, 0o755)
  return directory
}

export interface TerminalShell {
  type(keys: string): void
  /** Waits for text that the terminal shows from now on. */
  shows(pattern: RegExp): Promise<void>
}

/** An interactive shell on a terminal from `script` (util-linux). It ends with the test. */
export function terminalShell(command: string, stateDirectory: string, cwd: string): TerminalShell {
  const PATH = `${spooldOnPath()}:${process.env.PATH}`
  const child = spawn('script', ['-qfec', command, '/dev/null'], {
    cwd,
    env: { ...cleanEnvironment(stateDirectory, { PATH, TERM: 'xterm', LANG: 'C.UTF-8' }) },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  let shown = ''
  let seen = 0
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text
  })
  child.stdin.on('error', () => {})
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    // The terminal and the shell end with it.
    child.kill('SIGKILL')
    await gone
  })
  return {
    type: (keys) => {
      seen = shown.length
      child.stdin.write(keys)
    },
    shows: async (pattern) => {
      await waitFor(`${pattern} on the terminal`, () => {
        if (pattern.test(shown.slice(seen))) return true
        throw new Error(JSON.stringify(shown.slice(seen)))
      })
    },
  }
}
