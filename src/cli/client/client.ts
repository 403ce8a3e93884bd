import { Argument, type Command } from 'commander'
import { type Globals, globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import { print, warn } from '../terminal/print.js'
import type { Launch } from './launch.js'
import type { Plan, Where } from './plan.js'

/** Those of client-config/clients.ts, which only the actions load. */
const NAMES = ['kiro', 'claude', 'vscode', 'cursor', 'codex', 'gemini', 'opencode'] as const

interface EditOptions {
  project?: string | true
  print?: boolean
  yes?: boolean
}

export function addClient(program: Command): void {
  const client = program
    .command('client')
    .description('put spoold into the configuration of MCP clients, or take it out again')
    .helpCommand(false)
  const editing = (command: Command) =>
    command
      .addArgument(new Argument('<client...>', 'which').choices(NAMES))
      .option('--project [dir]', 'in the configuration of a project, that in this directory')
      .option('--print', 'print what the file would be, and write nothing')
      .option('-y, --yes', 'show the change, and write it without asking')
  addExamples(
    editing(client.command('install').description('show what would be added, ask, and add it')).action(
      install,
    ),
    {
      'spoold client install claude cursor': 'show the change to both, and ask',
      'spoold client install vscode --project': 'for the project in this directory alone',
    },
  )
  addExamples(
    editing(client.command('uninstall').description('take it out again, and leave the rest as it is')).action(
      uninstall,
    ),
    { 'spoold client uninstall claude': 'leave the rest of the file as it is' },
  )
  addExamples(
    client
      .command('list')
      .description('list the clients that are known: which are here, and which have spoold')
      .option('--json', 'as JSON, one object a line')
      .action(list),
    { 'spoold client list': 'which are here' },
  )
  addExamples(client, { 'spoold client install claude': 'put spoold into it' })
}

async function install(names: string[], options: EditOptions, command: Command): Promise<void> {
  const { CLIENTS } = await import('./clients.js')
  const { planInstall } = await import('./plan.js')
  const globals = globalsOf(command)
  const where = await placeOf(globals, options)
  const launch = await launchIn(where, globals)
  const plans = clientsNamed(names, CLIENTS).map((client) => planInstall(client, where, launch))
  await finish(plans, options, 'has spoold already; nothing to change')
}

async function uninstall(names: string[], options: EditOptions, command: Command): Promise<void> {
  const { CLIENTS } = await import('./clients.js')
  const { planUninstall } = await import('./plan.js')
  const where = await placeOf(globalsOf(command), options)
  const plans = clientsNamed(names, CLIENTS).map((client) => planUninstall(client, where))
  await finish(plans, options, 'has no spoold; nothing to take out')
}

function clientsNamed<T>(names: string[], clients: Readonly<Record<string, T>>): T[] {
  return Object.entries(clients)
    .filter(([name]) => names.includes(name))
    .map(([, client]) => client)
}

async function placeOf({ env }: Globals, { project }: EditOptions): Promise<Where> {
  if (project === undefined) return { env, platform: process.platform }
  const { resolve } = await import('node:path')
  const { statSync } = await import('node:fs')
  const directory = resolve(project === true ? '.' : project)
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return { project: directory }
  const { SpoolError } = await import('../../domain/errors.js')
  throw new SpoolError(
    'working_directory_invalid',
    `${directory} is not a directory: name one that is there.`,
  )
}

async function launchIn(where: Where, globals: Globals): Promise<Launch> {
  const { isFromNpx, launchFor } = await import('./launch.js')
  if (isFromNpx()) {
    warn(
      'npx runs spoold from a place that is emptied now and then: npm install -g spoold, then do this again.',
    )
  }
  return launchFor(globals, 'project' in where ? 'project' : 'user')
}

/** All changes are known before the first is written, so that a file that cannot be changed leaves all as they are. */
async function finish(plans: Plan[], { print, yes }: EditOptions, unchanged: string): Promise<void> {
  const carrying = await import('./apply.js')
  if (print) carrying.printResults(plans)
  else await carrying.carryOut(plans, unchanged, yes === true)
}

async function list(options: { json?: boolean }, command: Command): Promise<void> {
  const { lookAtClients } = await import('./inspect.js')
  const looked = await lookAtClients(
    { env: globalsOf(command).env, platform: process.platform },
    process.cwd(),
  )
  if (options.json) {
    const { printJsonLines } = await import('../terminal/json.js')
    printJsonLines(looked)
    return
  }
  const { renderTable, wrappedTable } = await import('../terminal/table.js')
  const rows = looked.flatMap(({ client, found, user, project }) => {
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
