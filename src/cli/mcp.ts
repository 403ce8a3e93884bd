import type { Command } from 'commander'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { warn } from './terminal/print.js'

export function addMcp(program: Command): void {
  addExamples(
    program
      .command('mcp')
      .description('Serve MCP over standard input and output, for clients that start their servers')
      .action(mcp),
    { 'spoold mcp': 'The command of an MCP server in a client' },
  )
}

async function mcp(_options: object, command: Command): Promise<void> {
  const { runStdioServer } = await import('../client/stdio/server.js')
  const { launchDaemon } = await import('./daemon/launch-daemon.js')
  const globals = globalsOf(command)
  await runStdioServer({
    stateDirectory: globals.paths.root,
    spawn: globals.maySpawn ? () => launchDaemon(globals, {}) : undefined,
    stdin: process.stdin,
    stdout: process.stdout,
    warn,
  })
}
