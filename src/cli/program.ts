import { Command } from 'commander'
import { addAgents } from './agents.js'
import { addCancel } from './cancel.js'
import { addClient } from './client/client.js'
import { addComplete, addCompletion } from './completion/completion.js'
import { addConfig } from './config.js'
import { addDb } from './db/db.js'
import { addDemo } from './demo/demo.js'
import { addDoctor } from './doctor/doctor.js'
import { EXIT, explainFailure } from './errors.js'
import { addExec } from './exec.js'
import { addExplain } from './explain/explain.js'
import { addExport } from './export/export.js'
import { addGlobalOptions } from './global-options.js'
import { addHelp } from './help/help.js'
import { addInit } from './init/init.js'
import { addLs } from './ls.js'
import { addMcp } from './mcp.js'
import { addPin, addUnpin } from './pin.js'
import { addPurge } from './purge.js'
import { addRespond } from './respond.js'
import { addRestart } from './restart.js'
import { addRun } from './run.js'
import { addSearch } from './search/search.js'
import { addServe } from './serve.js'
import { addService } from './service/service.js'
import { addShow } from './show.js'
import { addStart } from './start.js'
import { addStats } from './stats/stats.js'
import { addStatus } from './status.js'
import { addStop } from './stop.js'
import { addTail } from './tail.js'
import { printError, warn } from './terminal/print.js'
import { addToken } from './token.js'
import { addTop } from './top/top.js'
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
    if (sentence !== null) printError(`spoold: ${sentence}\n`)
    return exitCode
  }
}
