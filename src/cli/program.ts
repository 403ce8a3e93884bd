import { Command } from 'commander'
import { addAgents } from './commands/agents.js'
import { addCancel } from './commands/cancel.js'
import { addClient } from './commands/client.js'
import { addComplete, addCompletion } from './commands/completion.js'
import { addConfig } from './commands/config.js'
import { addDb } from './commands/db.js'
import { addDemo } from './commands/demo.js'
import { addDoctor } from './commands/doctor.js'
import { addExec } from './commands/exec.js'
import { addExplain } from './commands/explain.js'
import { addExport } from './commands/export.js'
import { addHelp } from './commands/help.js'
import { addInit } from './commands/init.js'
import { addLs } from './commands/ls.js'
import { addMcp } from './commands/mcp.js'
import { addPin, addUnpin } from './commands/pin.js'
import { addPurge } from './commands/purge.js'
import { addRespond } from './commands/respond.js'
import { addRestart } from './commands/restart.js'
import { addRun } from './commands/run.js'
import { addSearch } from './commands/search.js'
import { addServe } from './commands/serve.js'
import { addService } from './commands/service.js'
import { addShow } from './commands/show.js'
import { addStart } from './commands/start.js'
import { addStats } from './commands/stats.js'
import { addStatus } from './commands/status.js'
import { addStop } from './commands/stop.js'
import { addTail } from './commands/tail.js'
import { addToken } from './commands/token.js'
import { addTop } from './commands/top.js'
import { EXIT, explainFailure } from './errors.js'
import { addGlobalOptions } from './globals.js'
import { sayAside, warn } from './say.js'
import { speakForCommander } from './usage-error.js'

/** The commands, as the help groups them; by name, so that one can be had alone. */
const GROUPS: Record<string, Record<string, (program: Command) => void>> = {
  'Tasks:': {
    run: addRun,
    exec: addExec,
    ls: addLs,
    show: addShow,
    tail: addTail,
    search: addSearch,
    top: addTop,
    export: addExport,
    stats: addStats,
    respond: addRespond,
    cancel: addCancel,
    pin: addPin,
    unpin: addUnpin,
    purge: addPurge,
  },
  'Daemon:': {
    start: addStart,
    stop: addStop,
    restart: addRestart,
    status: addStatus,
    serve: addServe,
    service: addService,
  },
  'MCP and settings:': {
    mcp: addMcp,
    init: addInit,
    client: addClient,
    agents: addAgents,
    config: addConfig,
    token: addToken,
    db: addDb,
  },
  'Help:': {
    doctor: addDoctor,
    explain: addExplain,
    demo: addDemo,
    completion: addCompletion,
    __complete: addComplete,
    help: addHelp,
  },
}

/** Commands that tell of all the others. */
const ABOUT_ALL: ReadonlySet<string> = new Set(['help', '__complete'])

/**
 * The command line: all of it, or the one command that is asked for, because to describe them all takes a quick one longer
 * than its work. The files of the commands are light; what an action needs is imported when it runs.
 */
export function buildProgram(version: string, asked?: string): Command {
  const program = new Command('spoold')
    .description('Runs long AI-agent tasks for MCP clients, and keeps every piece of their output.')
    .version(version)
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .helpCommand(false)
  addGlobalOptions(program)
  const only = asked === undefined || ABOUT_ALL.has(asked) ? undefined : commandNamed(asked)
  if (only !== undefined) only(program)
  else {
    for (const [title, commands] of Object.entries(GROUPS)) {
      program.commandsGroup(title)
      for (const add of Object.values(commands)) add(program)
    }
  }
  speakForCommander(program)
  return program
}

function commandNamed(name: string): ((program: Command) => void) | undefined {
  for (const commands of Object.values(GROUPS)) if (Object.hasOwn(commands, name)) return commands[name]
  return undefined
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
    const { exitCode, sentence } = await explainFailure(error)
    if (sentence !== null) sayAside(`spoold: ${sentence}\n`)
    return exitCode
  }
}
