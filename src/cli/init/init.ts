import { type Command, Option } from 'commander'
import type { AgentSettings } from '../../domain/adapter.js'
import { EXIT, ExitWith } from '../errors.js'
import { type Globals, globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import { print, printError } from '../terminal/print.js'
import type { DetectedAgent } from './find-agents.js'
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
      .description('Find installed agents and write a config file with them')
      .option('--merge', 'Add missing agents to an existing config file')
      .addOption(new Option('--force', 'Replace an existing config file').conflicts('merge'))
      .option('--print', 'Print the config file instead of writing it')
      .option('--json', 'Print JSON')
      .action(init),
    {
      'spoold init': 'Write a new config file',
      'spoold init --print': 'Print it',
      'spoold init --merge': 'Add agents that were installed since',
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
  // Read first, so that an invalid file is reported before programs are run.
  const before = exists && !options.force ? await readBefore(path) : undefined
  const detected = await findAgents(globals.env)
  const plan = await planFor(detected, before)
  const content = `${JSON.stringify(plan.config, null, 2)}\n`
  const mayWrite = !options.print && (!exists || options.merge === true || options.force === true)
  const isWritten = mayWrite && plan.added.length > 0
  if (isWritten) writeConfig(path, content, { replace: exists })

  if (options.json) await printAsJson(path, detected, plan, isWritten)
  else if (options.print) print(content)
  else await printSummary(globals, path, detected, plan, { exists, isWritten })

  const isExisting = !mayWrite && !options.print && plan.added.length > 0
  if (isExisting) throw new ExitWith(EXIT.usage)
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

async function planFor(detected: DetectedAgent[], before: Before | undefined): Promise<InitPlan> {
  const { planMerge, planNew } = await import('./plan.js')
  const { DEFAULT_SETTINGS } = await import('../../config/settings.js')
  if (before === undefined) return planNew(detected)
  return planMerge(detected, before.json, { ...DEFAULT_SETTINGS.agents, ...before.parsed.agents })
}

async function printAsJson(
  path: string,
  detected: DetectedAgent[],
  plan: InitPlan,
  isWritten: boolean,
): Promise<void> {
  const { printJson } = await import('../terminal/json.js')
  printJson({
    config_file: path,
    written: isWritten,
    default_agent: plan.defaultAgent,
    added: plan.added,
    agents: detected.map(({ known, report }) => ({
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

async function printSummary(
  globals: Globals,
  path: string,
  detected: DetectedAgent[],
  plan: InitPlan,
  { exists, isWritten }: { exists: boolean; isWritten: boolean },
): Promise<void> {
  const { renderTable, wrappedTable } = await import('../terminal/table.js')
  const found = detected.filter(({ report }) => report.binary !== null)
  const rows = found.map(({ known, report }) => [
    known.name,
    report.available ? 'yes' : 'no',
    report.version ?? '-',
    report.signedIn.replace('_', ' '),
    report.problem ?? report.binary ?? '',
  ])
  if (rows.length > 0)
    print(`${renderTable(['AGENT', 'USABLE', 'VERSION', 'SIGNED IN', ''], rows, wrappedTable())}\n`)
  const missing = detected.filter((one) => !found.includes(one)).map(({ known }) => known.name)
  if (missing.length > 0) print(`Not found: ${missing.join(', ')}\n`)
  const names = plan.added.join(', ')
  if (isWritten) {
    print(`Wrote ${path}: ${names}; the default agent is ${plan.defaultAgent}.\n`)
    await printNextStep(globals)
  } else if (names !== '') {
    printError(
      `spoold: ${path} already exists: spoold init --merge adds ${names} and keeps the rest, --force replaces it.\n`,
    )
  } else if (exists) print(`${path} already has every installed agent.\n`)
  else printError('spoold: no agent was found on PATH: install one, such as kiro-cli, claude or gemini.\n')
}

/** A running daemon has read its settings at its start. */
async function printNextStep({ paths }: Globals): Promise<void> {
  const { findDaemon } = await import('../../client/find-daemon.js')
  const found = await findDaemon(paths.root).catch(() => undefined)
  if (found === undefined || found.state === 'absent') print('Next: spoold run "hello"\n')
  else print('Next: spoold restart (running tasks continue), then spoold run "hello"\n')
}
