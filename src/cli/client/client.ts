import { Argument, type Command } from 'commander'
import { type Globals, globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import { print, warn } from '../terminal/print.js'
import type { Launch } from './launch.js'
import type { Plan, Target } from './plan.js'

/** The names in clients.ts, which only the actions load. */
const NAMES = ['kiro', 'claude', 'vscode', 'cursor', 'codex', 'gemini', 'opencode'] as const

interface EditOptions {
  project?: string | true
  print?: boolean
  yes?: boolean
}

export function addClient(program: Command): void {
  const client = program
    .command('client')
    .description('Add spoold to the configuration of MCP clients, or remove it')
    .helpCommand(false)
  const editing = (command: Command) =>
    command
      .addArgument(new Argument('<client...>', 'The clients').choices(NAMES))
      .option('--project [dir]', 'Use the configuration of a project (default: the current directory)')
      .option('--print', 'Print the resulting file instead of writing it')
      .option('-y, --yes', 'Write the change without asking')
  addExamples(
    editing(client.command('install').description('Show the change, ask, and add spoold')).action(install),
    {
      'spoold client install claude cursor': 'Add spoold to both, after a question',
      'spoold client install vscode --project': 'Only for the project in this directory',
    },
  )
  addExamples(
    editing(client.command('uninstall').description('Show the change, ask, and remove spoold')).action(
      uninstall,
    ),
    { 'spoold client uninstall claude': 'Remove spoold from Claude Code' },
  )
  addExamples(
    client
      .command('list')
      .description('List the supported clients: which are installed, and which use spoold')
      .option('--json', 'Print JSON, one object per line')
      .action(list),
    { 'spoold client list': 'List the clients' },
  )
  addExamples(client, { 'spoold client install claude': 'Add spoold to Claude Code' })
}

async function install(names: string[], options: EditOptions, command: Command): Promise<void> {
  const { CLIENTS } = await import('./clients.js')
  const { planInstall } = await import('./plan.js')
  const globals = globalsOf(command)
  const target = await scopeOf(globals, options)
  const launch = await launchIn(target, globals)
  const plans = clientsNamed(names, CLIENTS).map((client) => planInstall(client, target, launch))
  await finish(plans, options, 'already has spoold')
}

async function uninstall(names: string[], options: EditOptions, command: Command): Promise<void> {
  const { CLIENTS } = await import('./clients.js')
  const { planUninstall } = await import('./plan.js')
  const target = await scopeOf(globalsOf(command), options)
  const plans = clientsNamed(names, CLIENTS).map((client) => planUninstall(client, target))
  await finish(plans, options, 'does not have spoold')
}

function clientsNamed<T>(names: string[], clients: Readonly<Record<string, T>>): T[] {
  return Object.entries(clients)
    .filter(([name]) => names.includes(name))
    .map(([, client]) => client)
}

async function scopeOf({ env }: Globals, { project }: EditOptions): Promise<Target> {
  if (project === undefined) return { env, platform: process.platform }
  const { resolve } = await import('node:path')
  const { statSync } = await import('node:fs')
  const directory = resolve(project === true ? '.' : project)
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return { project: directory }
  const { SpoolError } = await import('../../domain/errors.js')
  throw new SpoolError('working_directory_invalid', `${directory} is not a directory: use an existing one.`)
}

async function launchIn(target: Target, globals: Globals): Promise<Launch> {
  const { isFromNpx, launchFor } = await import('./launch.js')
  if (isFromNpx()) {
    warn('npx runs spoold from a temporary cache: run npm install -g spoold, then try again.')
  }
  return launchFor(globals, 'project' in target ? 'project' : 'user')
}

/** All changes are planned before the first is written, so that an error leaves all files unchanged. */
async function finish(plans: Plan[], { print, yes }: EditOptions, unchanged: string): Promise<void> {
  const { applyPlans, printResults } = await import('./apply.js')
  if (print) printResults(plans)
  else await applyPlans(plans, unchanged, yes === true)
}

async function list(options: { json?: boolean }, command: Command): Promise<void> {
  const { inspectClients } = await import('./inspect.js')
  const clients = await inspectClients(
    { env: globalsOf(command).env, platform: process.platform },
    process.cwd(),
  )
  if (options.json) {
    const { printJsonLines } = await import('../terminal/json.js')
    printJsonLines(clients)
    return
  }
  const { renderTable, wrappedTable } = await import('../terminal/table.js')
  const rows = clients.flatMap(({ client, found, user, project }) => {
    const row = (scope: string, { file, installed, problem }: typeof user) => [
      client,
      found ? 'yes' : 'no',
      installed ? scope : '-',
      problem ?? file,
    ]
    const isInProject = project.installed && project.file !== user.file
    return isInProject ? [row('user', user), row('project', project)] : [row('user', user)]
  })
  print(renderTable(['CLIENT', 'FOUND', 'SPOOLD', 'FILE'], rows, wrappedTable()))
}
