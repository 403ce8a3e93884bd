import type { Command } from 'commander'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { warn } from './terminal/print.js'

export function addMcp(program: Command): void {
  addExamples(
    program
      .command('mcp')
      .description('speak MCP on standard input and output, for clients that start their servers')
      .action(mcp),
    { 'spoold mcp': 'what a client starts as its server' },
  )
}

async function mcp(_options: object, command: Command): Promise<void> {
  const { runStdioServer: runStdioBridge } = await import('../client/stdio/server.js')
  const { launchDaemon } = await import('./daemon/launch-daemon.js')
  const globals = globalsOf(command)
  await runStdioBridge({
    stateDirectory: globals.paths.root,
    spawn: globals.maySpawn ? () => launchDaemon(globals, {}) : undefined,
    stdin: process.stdin,
    stdout: process.stdout,
    warn,
  })
}
