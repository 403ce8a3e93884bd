import { spawnSync } from 'node:child_process'

/**
 * The arguments that a real shell passes to each `spoold` of a command line. In that shell `spoold` is a function, and
 * there are no other programs.
 */
export function typedWords(line: string): string[][] {
  const script = `spoold() { printf '%s\\0' "$@" >&3; printf '\\n\\0' >&3; }; ${line.replace(/ > \S+$/, '')}`
  const { output, error } = spawnSync('/bin/bash', ['-c', script], {
    env: { PATH: '' },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (error !== undefined) throw error
  const calls = (output[3] ?? '').split('\n\0').slice(0, -1)
  return calls.map((call) => call.split('\0').slice(0, -1))
}
