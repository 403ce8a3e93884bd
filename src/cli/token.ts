import type { Command } from 'commander'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print, warn } from './terminal/print.js'

export function addToken(program: Command): void {
  addExamples(program.command('token').description('Print the bearer token of MCP clients').action(token), {
    'spoold token': 'Print the token for the header Authorization: Bearer',
  })
}

async function token(_options: object, command: Command): Promise<void> {
  const { openStateDirectory } = await import('../state/state-directory.js')
  const { readOrCreateToken } = await import('../state/token.js')
  const paths = openStateDirectory(globalsOf(command).paths.root)
  const { token: value, wasOpen } = readOrCreateToken(paths.token)
  if (wasOpen) {
    warn(
      `other users could read ${paths.token}; its mode is repaired. To be safe, remove it and run spoold restart.`,
    )
  }
  print(`${value}\n`)
}
