import type { Settings } from '../../src/config/settings.js'

/** Settings of an agent that runs a POSIX shell script; the message is its $1. */
export function shellSettings(script: string): Settings['agents'][string] {
  return {
    kind: 'command',
    argv: ['/bin/sh', '-c', script, 'agent', '{message}'],
    args: [],
    env: {},
    passEnv: [],
  }
}
