import { Argument, type Command } from 'commander'
import { globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import { SHELLS, type Shell } from './shells.js'

export function addCompletion(program: Command): void {
  addExamples(
    program
      .command('completion')
      .description('Print a script for shell completion of commands, options and tasks')
      .addArgument(new Argument('<shell>', 'The shell').choices(SHELLS))
      .action(async (shell: Shell) => {
        const { SCRIPTS } = await import('./scripts.js')
        process.stdout.write(SCRIPTS[shell])
      }),
    {
      'source <(spoold completion bash)': 'For bash, in ~/.bashrc',
      'source <(spoold completion zsh)': 'For zsh, in ~/.zshrc',
      'spoold completion fish > ~/.config/fish/completions/spoold.fish': 'For fish, once and after upgrades',
    },
  )
}

/** The command that the scripts call. */
export function addComplete(program: Command): void {
  program
    .command('__complete', { hidden: true })
    .description('List completions of a command line')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .argument('[words...]', 'The words after spoold, after --; the last is at the cursor')
    .action(complete)
}

/** The shell waits at each key, so completions are limited to this time. */
const TIME_LIMIT_MS = 500

async function complete(shell: Shell, words: string[], _options: object, command: Command): Promise<void> {
  const { setTimeout: sleep } = await import('node:timers/promises')
  const { outputLines } = await import('./candidate.js')
  const { candidatesFor } = await import('./candidates.js')
  const { daemonWordsOf } = await import('./daemon-words.js')
  const { resolve } = await import('node:path')
  const program = command.parent ?? command
  const found = candidatesFor(program, words, (values) => {
    const named = values.get('--state-dir')
    return daemonWordsOf(named === undefined ? globalsOf(command).paths.root : resolve(named))
  })
  const candidates = await Promise.race([found.catch(() => []), sleep(TIME_LIMIT_MS, [])])
  // Exits without waiting for a daemon that does not respond.
  process.stdout.write(outputLines(candidates, shell), () => process.exit(0))
}
