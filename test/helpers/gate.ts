import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** An agent that prints "before", waits until the file named by its message exists, prints "after" and exits with 5. */
export const GATED_AGENT = {
  kind: 'command',
  argv: [
    '/bin/sh',
    '-c',
    'printf "before 日本 "; while [ ! -e "$1" ]; do sleep 0.1; done; printf "after é"; exit 5',
    'gated',
    '{message}',
  ],
}

/** Writes a config file beside the state directory, for SPOOLD_CONFIG. */
export function writeConfigBeside(stateDirectory: string, config: object): string {
  const file = join(dirname(stateDirectory), 'config.json')
  writeFileSync(file, JSON.stringify(config))
  return file
}
