import { EXIT, ExitWith } from '../errors.js'
import { print, printError, warn } from '../terminal/print.js'
import { outputFor } from '../write-output.js'
import { ask, canAsk } from './ask.js'
import { replaceConfigFile } from './config-file.js'
import { contentOf, type Plan } from './plan.js'
import { showChange } from './show.js'

/**
 * Shows each change and writes it where the answer is yes, or without asking. `unchanged` says of a file why nothing
 * is to be done. Throws ExitWith where something was not written, and what replaceConfigFile throws.
 */
export async function carryOut(plans: Plan[], unchanged: string, mayWrite: boolean): Promise<void> {
  let refused = 0
  for (const plan of plans) {
    const { client, file, before, after } = plan
    if (before === after) {
      print(`${client.title}: ${file.path} ${unchanged}.\n`)
      continue
    }
    const link = file.target === file.path ? '' : ` (a link to ${file.target})`
    print(`${client.title}${link}:\n${showChange(plan)}`)
    if (mayWrite || (canAsk() && (await ask('Write it? [y/N] ')))) write(plan)
    else refused += 1
  }
  if (refused === 0) return
  if (canAsk()) {
    printError('Nothing was written where the answer was no.\n')
    throw new ExitWith(EXIT.failed)
  }
  warn('nobody is here to be asked, so nothing was written: --yes writes it.')
  throw new ExitWith(EXIT.usage)
}

function write(plan: Plan): void {
  const content = contentOf(plan)
  replaceConfigFile(plan.file, content)
  const done = content === null ? 'Removed' : 'Wrote'
  print(`${done} ${plan.file.path}; ${plan.client.title} sees it when it is started anew.\n`)
}

/** Prints files as they would be; a program gets them byte for byte. */
export function printResults(plans: Plan[]): void {
  for (const plan of plans) {
    if (plans.length > 1) printError(`${plan.file.path}:\n`)
    process.stdout.write(outputFor(process.stdout, contentOf(plan) ?? ''))
  }
}
