import { createRequire } from 'node:module'

/** The built command, as a script for Node; by the package's own imports, so that it is the same from src/ and dist/. */
export function commandFile(): string {
  return createRequire(import.meta.url).resolve('#command')
}
