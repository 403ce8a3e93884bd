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
  const alone = (option: Option) =>
    option.conflicts(ACTIONS.filter((other) => other !== option.attributeName()))
  addExamples(
    program
      .command('db')
      .description("print the database's path, for sqlite3; or look after it")
      .addOption(alone(new Option('--check', 'read all of it, and say whether it is sound')))
      .addOption(alone(new Option('--backup <file>', 'make a copy as it is now, also while the daemon runs')))
      .addOption(alone(new Option('--shell', 'open it with the program sqlite3, to read only')))
      .addOption(
        alone(
          new Option('--recover', 'make a new database of what can be read of a damaged one, which is kept'),
        ),
      )
      .action(db),
    {
      'sqlite3 "$(spoold db)" .tables': 'look into it',
      'spoold db --check': 'is it sound?',
      'spoold db --backup copy.db': 'keep a copy',
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
  // A program gets the path as it is.
  if (process.stdout.isTTY) print(line)
  else process.stdout.write(line)
}
