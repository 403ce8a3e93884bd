import type { Command } from 'commander'
import { type Globals, globalsOf } from '../globals.js'
import { say } from '../say.js'

export function addDb(program: Command): void {
  program
    .command('db')
    .description("print the database's path, for sqlite3; or salvage a damaged one")
    .option('--recover', 'make a new database of what can be read of a damaged one, which is kept')
    .action(db)
}

async function db(options: { recover?: boolean }, command: Command): Promise<void> {
  const globals = globalsOf(command)
  if (options.recover) return recover(globals)
  const line = `${globals.paths.database}\n`
  // A program gets the path as it is.
  if (process.stdout.isTTY) say(line)
  else process.stdout.write(line)
}

async function recover({ paths }: Globals): Promise<void> {
  const { recoverDatabase } = await import('../../daemon/recover-database.js')
  const recovery = recoverDatabase(paths.root, Date.now())
  if (recovery === undefined) {
    say(`${paths.database} is sound: nothing was done.\n`)
    return
  }
  const { renderTable } = await import('../render/table.js')
  const { sessions, tasks, chunks, lostTaskIds, damaged, spools } = recovery
  const rows = Object.entries({ sessions, tasks, chunks })
  say(
    renderTable(
      ['', 'KEPT', 'LOST'],
      rows.map(([name, { kept, lost }]) => [name, String(kept), String(lost)]),
    ),
  )
  if (lostTaskIds.length > 0) {
    say(`Of these tasks only the output is left, or only the id; they are failed now, as lost:\n`)
    for (const id of lostTaskIds) say(`  ${id}\n`)
  }
  if (spools !== undefined) say(`What tasks had printed that are not in it any more is kept in ${spools}.\n`)
  say(`The damaged database is kept as ${damaged}. Go on with: spoold start\n`)
}
