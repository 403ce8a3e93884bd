import { recoverDatabase } from '../../daemon/recover-database.js'
import type { StatePaths } from '../../state/paths.js'
import { print } from '../terminal/print.js'
import { renderTable } from '../terminal/table.js'

/** `spoold db --recover`: recovers a damaged database, and prints what was kept and lost. */
export function recover({ root, database }: StatePaths): void {
  const recovery = recoverDatabase(root, Date.now())
  if (recovery === undefined) {
    print(`${database} is sound; nothing was changed.\n`)
    return
  }
  const { sessions, tasks, chunks, lostTaskIds, damaged, spools } = recovery
  const rows = Object.entries({ sessions, tasks, chunks })
  print(
    renderTable(
      ['', 'KEPT', 'LOST'],
      rows.map(([name, { kept, lost }]) => [name, String(kept), String(lost)]),
    ),
  )
  if (lostTaskIds.length > 0) {
    print(`These tasks lost their record; they are failed now (lost):\n`)
    for (const id of lostTaskIds) print(`  ${id}\n`)
  }
  if (spools !== undefined) print(`The output of tasks that are no longer in it is kept in ${spools}.\n`)
  print(`The damaged database is kept as ${damaged}. Continue with spoold start.\n`)
}
