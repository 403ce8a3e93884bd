import { type Command, Option } from 'commander'
import { globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import { print } from '../terminal/print.js'

interface DbOptions {
  check?: boolean
  backup?: string
  shell?: boolean
  recover?: boolean
}

const ACTIONS = ['check', 'backup', 'shell', 'recover'] as const

export function addDb(program: Command): void {
  const exclusive = (option: Option) =>
    option.conflicts(ACTIONS.filter((other) => other !== option.attributeName()))
  addExamples(
    program
      .command('db')
      .description("Print the database's path for sqlite3, or maintain the database")
      .addOption(exclusive(new Option('--check', 'Check the whole database for damage')))
      .addOption(exclusive(new Option('--backup <file>', 'Copy the database, also while the daemon runs')))
      .addOption(exclusive(new Option('--shell', 'Open it read-only with sqlite3')))
      .addOption(
        exclusive(new Option('--recover', 'Recover what can be read of a damaged database, which is kept')),
      )
      .action(db),
    {
      'sqlite3 "$(spoold db)" .tables': 'List its tables',
      'spoold db --check': 'Check it',
      'spoold db --backup copy.db': 'Make a backup',
    },
  )
}

async function db(options: DbOptions, command: Command): Promise<void> {
  const { paths } = globalsOf(command)
  if (options.check) return (await import('./check.js')).check(paths)
  if (options.backup !== undefined) return (await import('./backup.js')).backUp(paths, options.backup)
  if (options.shell) return (await import('./shell.js')).openShell(paths)
  if (options.recover) return (await import('./recover.js')).recover(paths)
  const line = `${paths.database}\n`
  // A program gets the exact path.
  if (process.stdout.isTTY) print(line)
  else process.stdout.write(line)
}
