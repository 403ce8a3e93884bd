import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDirectory } from './temp-state.js'

/** A directory for PATH with these programs: name and POSIX shell script, or the version that it prints. */
export function fakePrograms(programs: Record<string, string>): string {
  const directory = join(tempDirectory('programs'), 'bin')
  mkdirSync(directory)
  for (const [name, given] of Object.entries(programs)) {
    const script = /^[\d.]+$/.test(given) ? `echo "${name} ${given}"` : given
    writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }
  return directory
}
