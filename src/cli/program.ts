import { Command } from 'commander'
import { COMMANDS } from './commands.js'
import { EXIT, explainFailure } from './errors.js'
import { addGlobalOptions } from './global-options.js'
import { printError, warn } from './terminal/print.js'
import { handleCommanderOutput } from './usage-error.js'

/** Commands that need the descriptions of all others. */
const NEED_ALL: ReadonlySet<string> = new Set(['help', '__complete'])

/**
 * The command line: all commands, or only the one that was called, because describing all of them takes longer than a
 * quick command.
 */
export async function buildProgram(version: string, called?: string): Promise<Command> {
  const program = new Command('spoold')
    .description('Runs long AI-agent tasks for MCP clients and keeps all of their output')
    .version(version)
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .helpCommand(false)
  addGlobalOptions(program)
  const isAlone = called !== undefined && Object.hasOwn(COMMANDS, called) && !NEED_ALL.has(called)
  for (const [name, { group, load }] of Object.entries(COMMANDS)) {
    if (isAlone && name !== called) continue
    program.commandsGroup(group)
    const add = await load()
    add(program)
  }
  handleCommanderOutput(program)
  return program
}

/** Runs one command line and resolves with the exit code. Every failure becomes one sentence on standard error. */
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
    const { exitCode, sentence } = await explainFailure(error)
    if (sentence !== null) printError(`spoold: ${sentence}\n`)
    return exitCode
  }
}
