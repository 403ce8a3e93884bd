import { EXIT, ExitWith } from '../errors.js'
import { print, printError, warn } from '../terminal/print.js'
import { outputFor } from '../write-output.js'
import { ask, canAsk } from './ask.js'
import { replaceConfigFile } from './config-file.js'
import { contentOf, type Plan } from './plan.js'
import { showChange } from './show.js'

/**
 * Shows each change and writes it after a yes, or without a question if `mayWrite` is set. `unchanged` is the message for a
 * file that needs no change. Throws ExitWith if something was not written, and what replaceConfigFile throws.
 */
export async function applyPlans(plans: Plan[], unchanged: string, mayWrite: boolean): Promise<void> {
  let declined = 0
  for (const plan of plans) {
    const { client, file, before, after } = plan
    if (before === after) {
      print(`${client.title}: ${file.path} ${unchanged}.\n`)
      continue
    }
    const link = file.target === file.path ? '' : ` (a link to ${file.target})`
    print(`${client.title}${link}:\n${showChange(plan)}`)
    if (mayWrite || (canAsk() && (await ask('Write it? [y/N] ')))) write(plan)
    else declined += 1
  }
  if (declined === 0) return
  if (canAsk()) {
    printError('Files without a yes were not changed.\n')
    throw new ExitWith(EXIT.failed)
  }
  warn('Not a terminal, so nothing was written. Pass --yes to skip the question.')
  throw new ExitWith(EXIT.usage)
}

function write(plan: Plan): void {
  const content = contentOf(plan)
  replaceConfigFile(plan.file, content)
  const done = content === null ? 'Removed' : 'Wrote'
  print(`${done} ${plan.file.path}. Restart ${plan.client.title} to pick this up.\n`)
}

/** Prints the resulting files; a program gets the exact bytes. */
export function printResults(plans: Plan[]): void {
  for (const plan of plans) {
    if (plans.length > 1) printError(`${plan.file.path}:\n`)
    process.stdout.write(outputFor(process.stdout, contentOf(plan) ?? ''))
  }
}
