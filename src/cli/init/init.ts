import { type Command, Option } from 'commander'
import type { AgentSettings } from '../../domain/adapter.js'
import { EXIT, ExitWith } from '../errors.js'
import { type Globals, globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import { print, printError } from '../terminal/print.js'
import type { LookedAt } from './find-agents.js'
import type { InitPlan } from './plan.js'

interface InitOptions {
  merge?: boolean
  force?: boolean
  print?: boolean
  json?: boolean
}

export function addInit(program: Command): void {
  addExamples(
    program
      .command('init')
      .description('look for agents here and write a config file with those that are found')
      .option('--merge', 'add what is missing to the config file that is there, and keep the rest of it')
      .addOption(new Option('--force', 'write it anew, whatever is there').conflicts('merge'))
      .option('--print', 'print the config file and write nothing')
      .option('--json', 'as JSON')
      .action(init),
    {
      'spoold init': 'write a config file where none is',
      'spoold init --print': 'only show it',
      'spoold init --merge': 'add agents that were installed since',
    },
  )
}

async function init(options: InitOptions, command: Command): Promise<void> {
  const { findAgents } = await import('./find-agents.js')
  const { writeConfig } = await import('./write-config.js')
  const { defaultConfigFile } = await import('../../config/config-file.js')
  const { existsSync } = await import('node:fs')
  const globals = globalsOf(command)
  const path = globals.configFile ?? defaultConfigFile(globals.env)
  const exists = existsSync(path)
  // Refused before the programs are asked, should the file that is to be kept be none.
  const before = exists && !options.force ? await readBefore(path) : undefined
  const looked = await findAgents(globals.env)
  const plan = await planFor(looked, before)
  const content = `${JSON.stringify(plan.config, null, 2)}\n`
  const mayWrite = !options.print && (!exists || options.merge === true || options.force === true)
  const isWritten = mayWrite && plan.added.length > 0
  if (isWritten) writeConfig(path, content, { replace: exists })

  if (options.json) await printAsJson(path, looked, plan, isWritten)
  else if (options.print) print(content)
  else await tell(globals, path, looked, plan, { exists, isWritten })

  const isRefused = !mayWrite && !options.print && plan.added.length > 0
  if (isRefused) throw new ExitWith(EXIT.usage)
  if (plan.added.length === 0 && before === undefined) throw new ExitWith(EXIT.failed)
}

interface Before {
  json: Record<string, unknown>
  parsed: { agents?: Record<string, AgentSettings> | undefined }
}

async function readBefore(path: string): Promise<Before> {
  const { readConfigFile } = await import('../../config/config-file.js')
  const { readFileSync } = await import('node:fs')
  const parsed = readConfigFile(path)
  return { parsed, json: JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')) }
}

async function planFor(looked: LookedAt[], before: Before | undefined): Promise<InitPlan> {
  const { planMerge, planNew } = await import('./plan.js')
  const { DEFAULT_SETTINGS } = await import('../../config/settings.js')
  if (before === undefined) return planNew(looked)
  return planMerge(looked, before.json, { ...DEFAULT_SETTINGS.agents, ...before.parsed.agents })
}

async function printAsJson(
  path: string,
  looked: LookedAt[],
  plan: InitPlan,
  isWritten: boolean,
): Promise<void> {
  const { printJson } = await import('../terminal/json.js')
  printJson({
    config_file: path,
    written: isWritten,
    default_agent: plan.defaultAgent,
    added: plan.added,
    agents: looked.map(({ known, report }) => ({
      name: known.name,
      kind: known.config.kind,
      found: report.binary !== null,
      available: report.available,
      version: report.version,
      signed_in: report.signedIn,
      binary: report.binary,
      problem: report.problem,
    })),
    config: plan.config,
  })
}

async function tell(
  globals: Globals,
  path: string,
  looked: LookedAt[],
  plan: InitPlan,
  { exists, isWritten }: { exists: boolean; isWritten: boolean },
): Promise<void> {
  const { renderTable, wrappedTable } = await import('../terminal/table.js')
  const found = looked.filter(({ report }) => report.binary !== null)
  const rows = found.map(({ known, report }) => [
    known.name,
    report.available ? 'yes' : 'no',
    report.version ?? '-',
    report.signedIn.replace('_', ' '),
    report.problem ?? report.binary ?? '',
  ])
  if (rows.length > 0)
    print(`${renderTable(['AGENT', 'USABLE', 'VERSION', 'SIGNED IN', ''], rows, wrappedTable())}\n`)
  const missing = looked.filter((one) => !found.includes(one)).map(({ known }) => known.name)
  if (missing.length > 0) print(`Not found here: ${missing.join(', ')}\n`)
  const names = plan.added.join(', ')
  if (isWritten) {
    print(`Wrote ${path}: ${names}; the default agent is ${plan.defaultAgent}.\n`)
    await sayNext(globals)
  } else if (names !== '') {
    printError(
      `spoold: ${path} is there already: spoold init --merge adds ${names} and keeps the rest, --force writes it anew.\n`,
    )
  } else if (exists) print(`${path} has every agent that was found; nothing to add.\n`)
  else
    printError('spoold: no agent was found on PATH: install one, for example kiro-cli, claude or gemini.\n')
}

/** A running daemon read its settings when it started. */
async function sayNext({ paths }: Globals): Promise<void> {
  const { findDaemon } = await import('../../client/find-daemon.js')
  const found = await findDaemon(paths.root).catch(() => undefined)
  if (found === undefined || found.state === 'absent') print('Next: spoold run "hello"\n')
  else print('Next: spoold restart, since a daemon runs (running tasks survive); then spoold run "hello"\n')
}
