import type { Command } from 'commander'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print, warn } from './terminal/print.js'

export function addToken(program: Command): void {
  addExamples(
    program
      .command('token')
      .description('print the bearer token that MCP clients need for /mcp')
      .action(token),
    { 'spoold token': 'for the header Authorization: Bearer' },
  )
}

async function token(_options: object, command: Command): Promise<void> {
  const { openStateDirectory } = await import('../state/state-directory.js')
  const { readOrCreateToken } = await import('../state/token.js')
  const paths = openStateDirectory(globalsOf(command).paths.root)
  const { token: value, wasOpen } = readOrCreateToken(paths.token)
  if (wasOpen) {
    warn(`other users could read ${paths.token}; that is repaired. To be safe: rm it, then spoold restart.`)
  }
  print(`${value}\n`)
}
