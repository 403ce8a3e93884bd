import { describeValue } from '../../domain/text.js'

/**
 * Why a program that the settings name cannot be started, and what to do. The value of PATH is not told: the sentence
 * goes to MCP clients and into chunks.
 */
export function missingProgram(name: string): string {
  const where = name.includes('/') ? 'is no program that may be executed' : "is not on the daemon's PATH"
  return `${describeValue(name)} ${where}; install it, or name the program by its absolute path.`
}
