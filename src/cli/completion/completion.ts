import { Argument, type Command } from 'commander'
import { globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import { SHELLS, type Shell } from './shells.js'

export function addCompletion(program: Command): void {
  addExamples(
    program
      .command('completion')
      .description('print a script by which a shell completes commands, options and tasks')
      .addArgument(new Argument('<shell>', 'the shell that is to read it').choices(SHELLS))
      .action(async (shell: Shell) => {
        const { SCRIPTS } = await import('./scripts.js')
        process.stdout.write(SCRIPTS[shell])
      }),
    {
      'source <(spoold completion bash)': 'in ~/.bashrc',
      'source <(spoold completion zsh)': 'in ~/.zshrc',
      'spoold completion fish > ~/.config/fish/completions/spoold.fish': 'once, and after upgrades',
    },
  )
}

/** What those scripts ask. */
export function addComplete(program: Command): void {
  program
    .command('__complete', { hidden: true })
    .description('tell what may stand at the end of a command line')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .argument('[words...]', 'the words after spoold, after --; the last is the one at the cursor')
    .action(complete)
}

/** A shell waits for the answer at each press of a key, ms. */
const TIME_LIMIT = 500

async function complete(shell: Shell, words: string[], _options: object, command: Command): Promise<void> {
  const { setTimeout: sleep } = await import('node:timers/promises')
  const { answerLines } = await import('./candidate.js')
  const { candidatesFor } = await import('./candidates.js')
  const { knownOf } = await import('./known.js')
  const { resolve } = await import('node:path')
  const program = command.parent ?? command
  const found = candidatesFor(program, words, (values) => {
    const named = values.get('--state-dir')
    return knownOf(named === undefined ? globalsOf(command).paths.root : resolve(named))
  })
  const candidates = await Promise.race([found.catch(() => []), sleep(TIME_LIMIT, [])])
  // A daemon that does not answer is not waited for any longer.
  process.stdout.write(answerLines(candidates, shell), () => process.exit(0))
}
