import type { Command } from 'commander'
import { EXIT, ExitWith } from '../errors.js'
import { type Globals, globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import { print } from '../terminal/print.js'
import type { Finding } from './check.js'

export function addDoctor(program: Command): void {
  addExamples(
    program
      .command('doctor')
      .description('Check the installation, and show how to fix problems')
      .option('--json', 'Print JSON, one object per line')
      .action(doctor),
    { 'spoold doctor': 'Check everything' },
  )
}

async function doctor(options: { json?: boolean }, command: Command): Promise<void> {
  const findings = await examine(globalsOf(command))
  if (options.json) {
    const { printJsonLines } = await import('../terminal/json.js')
    printJsonLines(findings)
  } else await printFindings(findings)
  if (findings.some(({ state }) => state === 'problem')) throw new ExitWith(EXIT.failed)
}

const MARKS = { ok: 'ok     ', warning: 'warning', problem: 'PROBLEM' }

async function printFindings(findings: Finding[]): Promise<void> {
  const { joinLines } = await import('../../domain/text.js')
  const { formatCount } = await import('../terminal/units.js')
  const width = Math.max(...findings.map(({ check }) => check.length))
  for (const { check, state, finding, remedy } of findings) {
    print(`${MARKS[state]}  ${check.padEnd(width)}  ${joinLines(finding)}\n`)
    if (remedy !== null) print(`${' '.repeat(width + 11)}→ ${joinLines(remedy)}\n`)
  }
  const count = (wanted: Finding['state']) => findings.filter(({ state }) => state === wanted).length
  const counts = [
    ...(count('problem') === 0 ? [] : [formatCount(count('problem'), 'problem')]),
    ...(count('warning') === 0 ? [] : [formatCount(count('warning'), 'warning')]),
  ]
  print(counts.length === 0 ? 'All is well.\n' : `${counts.join(', ')}; the remedy is after each arrow.\n`)
}

async function examine(globals: Globals): Promise<Finding[]> {
  const { ok, problem } = await import('./check.js')
  const machine = await import('./machine.js')
  const state = await import('./state.js')
  const { checkDatabase } = await import('./database.js')
  const { checkLog } = await import('./log.js')
  const daemon = await import('./daemon.js')
  const { checkService } = await import('./service.js')
  const { settingsOf } = await import('../settings.js')
  const { DEFAULT_SETTINGS } = await import('../../config/settings.js')
  const { env, paths } = globals
  const findings = [machine.checkNode(), machine.checkPlatform(), ...machine.checkDiskSpace(paths.root)]
  const directory = state.checkStateDirectory(paths)
  findings.push(directory)
  // The content of an invalid directory cannot be trusted.
  const isOurs = directory.state !== 'problem'
  if (isOurs) {
    const now = Date.now()
    findings.push(state.checkToken(paths), ...checkDatabase(paths, now), checkLog(paths, now))
  }
  if (isOurs) findings.push(await checkService(paths, env))
  try {
    const { settings, configFile } = settingsOf(globals)
    findings.push(
      ok('config', configFile.exists ? configFile.path : `defaults (${configFile.path} does not exist)`),
    )
    if (isOurs) findings.push(await daemon.checkDaemon(paths, settings))
    findings.push(...(await daemon.checkAgents(globals, settings)))
  } catch (error) {
    if (isOurs) findings.push(await daemon.checkDaemon(paths, DEFAULT_SETTINGS))
    findings.push(
      problem('config', error instanceof Error ? error.message : String(error), 'correct it; spoold config'),
    )
  }
  return findings
}
