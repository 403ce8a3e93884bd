import { existsSync } from 'node:fs'
import type { FoundService } from './definition.js'

/** Of the program and the script that the service runs those that are gone, as after an upgrade of Node. */
export function missingFiles({ command }: FoundService): string[] {
  return command.slice(0, 2).filter((path) => !existsSync(path))
}
