import type { Command } from 'commander'
import { globalsOf } from '../globals.js'
import { say } from '../say.js'

export function addDb(program: Command): void {
  program
    .command('db')
    .description("print the database's path, for sqlite3")
    .action((_options: object, command: Command) => {
      const line = `${globalsOf(command).paths.database}\n`
      // A program gets the path as it is.
      if (process.stdout.isTTY) say(line)
      else process.stdout.write(line)
    })
}
