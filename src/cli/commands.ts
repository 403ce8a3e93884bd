import type { Command } from 'commander'

/** Adds a command to the program. */
type AddCommand = (program: Command) => void

interface CommandEntry {
  /** Heading in the help. */
  group: 'Tasks:' | 'Daemon:' | 'MCP and settings:' | 'Help:'
  /**
   * Runs from the small bundle, because people and scripts call it often; it needs neither the settings nor the
   * daemon's code. For every other command bundle.mjs leaves out what the command imports when it runs.
   */
  isQuick: boolean
  load(): Promise<AddCommand>
}

/**
 * Every command, in the order of the help. The file of a command, cli/NAME.ts or cli/NAME/NAME.ts, only describes it
 * and is cheap to load; what its action needs is imported when it runs.
 */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  run: quick('Tasks:', async () => (await import('./run.js')).addRun),
  exec: quick('Tasks:', async () => (await import('./exec.js')).addExec),
  ls: quick('Tasks:', async () => (await import('./ls.js')).addLs),
  show: quick('Tasks:', async () => (await import('./show.js')).addShow),
  tail: quick('Tasks:', async () => (await import('./tail.js')).addTail),
  search: quick('Tasks:', async () => (await import('./search/search.js')).addSearch),
  top: full('Tasks:', async () => (await import('./top/top.js')).addTop),
  export: quick('Tasks:', async () => (await import('./export/export.js')).addExport),
  stats: quick('Tasks:', async () => (await import('./stats/stats.js')).addStats),
  respond: quick('Tasks:', async () => (await import('./respond.js')).addRespond),
  cancel: quick('Tasks:', async () => (await import('./cancel.js')).addCancel),
  pin: quick('Tasks:', async () => (await import('./pin.js')).addPin),
  unpin: quick('Tasks:', async () => (await import('./pin.js')).addUnpin),
  purge: quick('Tasks:', async () => (await import('./purge.js')).addPurge),
  start: full('Daemon:', async () => (await import('./start.js')).addStart),
  stop: quick('Daemon:', async () => (await import('./stop.js')).addStop),
  restart: full('Daemon:', async () => (await import('./restart.js')).addRestart),
  status: quick('Daemon:', async () => (await import('./status.js')).addStatus),
  serve: full('Daemon:', async () => (await import('./serve.js')).addServe),
  service: full('Daemon:', async () => (await import('./service/service.js')).addService),
  mcp: full('MCP and settings:', async () => (await import('./mcp.js')).addMcp),
  init: full('MCP and settings:', async () => (await import('./init/init.js')).addInit),
  client: full('MCP and settings:', async () => (await import('./client/client.js')).addClient),
  agents: quick('MCP and settings:', async () => (await import('./agents.js')).addAgents),
  config: full('MCP and settings:', async () => (await import('./config.js')).addConfig),
  token: quick('MCP and settings:', async () => (await import('./token.js')).addToken),
  db: full('MCP and settings:', async () => (await import('./db/db.js')).addDb),
  doctor: full('Help:', async () => (await import('./doctor/doctor.js')).addDoctor),
  explain: full('Help:', async () => (await import('./explain/explain.js')).addExplain),
  demo: full('Help:', async () => (await import('./demo/demo.js')).addDemo),
  completion: quick('Help:', async () => (await import('./completion/completion.js')).addCompletion),
  __complete: quick('Help:', async () => (await import('./completion/completion.js')).addComplete),
  help: quick('Help:', async () => (await import('./help/help.js')).addHelp),
}

function quick(group: CommandEntry['group'], load: CommandEntry['load']): CommandEntry {
  return { group, isQuick: true, load }
}

function full(group: CommandEntry['group'], load: CommandEntry['load']): CommandEntry {
  return { group, isQuick: false, load }
}

/** The global options that take a value. */
const WITH_VALUE: ReadonlySet<string> = new Set(['--state-dir', '--config'])

/** The word of a command line (without node and script) that names the command; undefined if there is none. */
export function commandWord(argv: readonly string[]): string | undefined {
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? ''
    if (WITH_VALUE.has(word)) index += 1
    else if (!word.startsWith('-')) return word
  }
  return undefined
}

/** Whether the small bundle is enough: also for a line without a command, which prints the help or the version. */
export function isQuick(word: string | undefined): boolean {
  return word === undefined || (Object.hasOwn(COMMANDS, word) && COMMANDS[word]?.isQuick === true)
}
