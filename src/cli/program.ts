import { Command } from 'commander'
import { addAgents } from './commands/agents.js'
import { addCancel } from './commands/cancel.js'
import { addConfig } from './commands/config.js'
import { addDb } from './commands/db.js'
import { addDemo } from './commands/demo.js'
import { addDoctor } from './commands/doctor.js'
import { addExec } from './commands/exec.js'
import { addHelp } from './commands/help.js'
import { addInit } from './commands/init.js'
import { addLs } from './commands/ls.js'
import { addMcp } from './commands/mcp.js'
import { addPin } from './commands/pin.js'
import { addPurge } from './commands/purge.js'
import { addRespond } from './commands/respond.js'
import { addRestart } from './commands/restart.js'
import { addRun } from './commands/run.js'
import { addServe } from './commands/serve.js'
import { addShow } from './commands/show.js'
import { addStart } from './commands/start.js'
import { addStatus } from './commands/status.js'
import { addStop } from './commands/stop.js'
import { addTail } from './commands/tail.js'
import { addToken } from './commands/token.js'
import { EXIT, explainFailure } from './errors.js'
import { addGlobalOptions } from './globals.js'
import { sayAside, warn } from './say.js'
import { speakForCommander } from './usage-error.js'

/**
 * The whole command line. The files of the commands are light; what an action needs is imported when it runs, so that
 * `--help` and the quick commands stay quick.
 */
export function buildProgram(version: string): Command {
  const program = new Command('spoold')
    .description('Runs long AI-agent tasks for MCP clients, and keeps every piece of their output.')
    .version(version)
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
  addGlobalOptions(program)

  program.commandsGroup('Tasks:')
  for (const add of [addRun, addExec, addLs, addShow, addTail, addRespond, addCancel, addPin, addPurge])
    add(program)
  program.commandsGroup('Daemon:')
  for (const add of [addStart, addStop, addRestart, addStatus, addServe]) add(program)
  program.commandsGroup('MCP and settings:')
  for (const add of [addMcp, addInit, addAgents, addConfig, addToken, addDb]) add(program)
  program.commandsGroup('Help:')
  program.helpCommand(false)
  for (const add of [addDoctor, addDemo, addHelp]) add(program)
  speakForCommander(program)
  return program
}

/** Runs one command line and gives the exit code. Whatever goes wrong becomes one sentence on standard error. */
export async function runProgram(
  program: Command,
  argv: string[],
  platform = process.platform,
): Promise<number> {
  if (platform === 'win32') {
    warn('Windows itself is not supported: install spoold inside WSL (wsl --install).')
    return EXIT.failed
  }
  try {
    await program.parseAsync(argv, { from: 'user' })
    return EXIT.done
  } catch (error) {
    const { exitCode, sentence } = explainFailure(error)
    if (sentence !== null) sayAside(`spoold: ${sentence}\n`)
    return exitCode
  }
}
