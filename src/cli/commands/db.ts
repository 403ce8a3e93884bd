import type { Command } from 'commander'
import { globalsOf } from '../globals.js'

export function addDb(program: Command): void {
  program
    .command('db')
    .description("print the database's path, for sqlite3")
    .action((_options: object, command: Command) => {
      process.stdout.write(`${globalsOf(command).paths.database}\n`)
    })
}
