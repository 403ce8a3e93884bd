import { recoverDatabase } from '../../daemon/recover-database.js'
import type { StatePaths } from '../../state/paths.js'
import { print } from '../terminal/print.js'
import { renderTable } from '../terminal/table.js'

/** `spoold db --recover`: salvages a damaged database, and tells what was kept and what was lost. */
export function recover({ root, database }: StatePaths): void {
  const recovery = recoverDatabase(root, Date.now())
  if (recovery === undefined) {
    print(`${database} is sound: nothing was done.\n`)
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
    print(`Of these tasks only the output is left, or only the id; they are failed now, as lost:\n`)
    for (const id of lostTaskIds) print(`  ${id}\n`)
  }
  if (spools !== undefined)
    print(`What tasks had printed that are not in it any more is kept in ${spools}.\n`)
  print(`The damaged database is kept as ${damaged}. Go on with: spoold start\n`)
}
