import { createRequire } from 'node:module'

/** Path of the built command, a script for Node; through the package's imports, so that it works from src/ and dist/. */
export function commandFile(): string {
  return createRequire(import.meta.url).resolve('#command')
}
