import type { Command } from 'commander'
import type { Finding } from '../doctor/check.js'
import { EXIT, ExitWith } from '../errors.js'
import { type Globals, globalsOf } from '../globals.js'
import { examples } from '../help/examples.js'
import { say } from '../say.js'

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check whether all is well here, and say what to do where it is not')
    .option('--json', 'as JSON')
    .action(doctor)
    .addHelpText('after', examples({ 'spoold doctor': 'what is not well here' }))
}

async function doctor(options: { json?: boolean }, command: Command): Promise<void> {
  const findings = await examine(globalsOf(command))
  if (options.json) {
    const { printJson } = await import('../render/json.js')
    printJson(findings)
  } else {
    const marks = { ok: 'ok     ', warning: 'warning', problem: 'PROBLEM' }
    for (const { check, state, finding, remedy } of findings) {
      say(`${marks[state]}  ${check.padEnd(16)}  ${finding}\n`)
      if (remedy !== null) say(`${' '.repeat(27)}→ ${remedy}\n`)
    }
  }
  if (findings.some((finding) => finding.state === 'problem')) throw new ExitWith(EXIT.failed)
}

async function examine(globals: Globals): Promise<Finding[]> {
  const { ok, problem } = await import('../doctor/check.js')
  const machine = await import('../doctor/machine.js')
  const state = await import('../doctor/state.js')
  const daemon = await import('../doctor/daemon.js')
  const { settingsOf } = await import('../settings.js')
  const { paths } = globals
  const findings = [machine.checkNode(), machine.checkPlatform(), machine.checkDiskSpace(paths.root)]
  const directory = state.checkStateDirectory(paths)
  findings.push(directory)
  // What lies in a directory that is none, or somebody else's, tells nothing.
  const isOurs = directory.state !== 'problem'
  if (isOurs) findings.push(state.checkToken(paths), state.checkDatabase(paths))
  try {
    const { settings, configFile } = settingsOf(globals)
    findings.push(
      ok('config', configFile.exists ? configFile.path : `defaults (${configFile.path} does not exist)`),
    )
    if (isOurs) findings.push(await daemon.checkDaemon(paths, settings))
    findings.push(...(await daemon.checkAgents(settings)))
  } catch (error) {
    findings.push(
      problem('config', error instanceof Error ? error.message : String(error), 'correct it; spoold config'),
    )
  }
  return findings
}
