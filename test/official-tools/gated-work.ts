import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { writeConfigBeside } from '../helpers/gate.js'
import type { Place } from '../helpers/sdk-clients.js'
import { tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

const LINES = 500

/**
 * An agent that prints a line, waits until the file named by its message exists, and prints the rest. It exits if the
 * state directory beside that file is removed.
 */
const AGENT = {
  kind: 'command',
  argv: [
    '/bin/sh',
    '-c',
    `echo "before 日本"; : > "$1.begun"; while [ ! -e "$1" ]; do [ -d "\${1%/*}/state" ] || exit 1; sleep 0.05; done; seq ${LINES}; echo "after é"`,
    'gated',
    '{message}',
  ],
}

/** Its output before it waits, and its whole output. */
export const BEGINNING = 'before 日本\n'
const NUMBERS = Array.from({ length: LINES }, (_, index) => `${index + 1}\n`).join('')
export const WHOLE = `${BEGINNING}${NUMBERS}after é\n`

export interface GatedWork extends Place {
  /** The arguments of the call that starts the work. */
  input: { message: string; working_directory: string }
  /** Resolves when the agent waits. */
  started(): Promise<unknown>
  /** Lets the agent print the rest and exit. */
  finish(): void
}

/** A daemon in a separate process, with that agent. */
export async function openGatedWork(): Promise<GatedWork> {
  const stateDirectory = tempState()
  const gate = join(dirname(stateDirectory), 'gate')
  const config = writeConfigBeside(stateDirectory, { agents: { gated: AGENT }, defaultAgent: 'gated' })
  const env = { SPOOLD_CONFIG: config }
  const { file } = await startDaemonProcess({ stateDirectory, env })
  const finish = () => writeFileSync(gate, '')
  onTestFinished(finish)
  return {
    url: file.url,
    stateDirectory,
    env,
    input: { message: gate, working_directory: '/' },
    started: () => waitFor('the agent to start', () => existsSync(`${gate}.begun`)),
    finish,
  }
}
