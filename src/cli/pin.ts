import type { Command } from 'commander'
import { findTask, TASK_ARGUMENT } from './find-task.js'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

export function addPin(program: Command): void {
  addExamples(
    program
      .command('pin')
      .description('Keep a task forever')
      .argument('<id>', TASK_ARGUMENT)
      .action((id: string, _options: object, command: Command) => setPinned(id, true, command)),
    { 'spoold pin @last': 'Protect the newest task from the purge' },
  )
}

export function addUnpin(program: Command): void {
  addExamples(
    program
      .command('unpin')
      .description('Undo pin: purge the task after its retention')
      .argument('<id>', TASK_ARGUMENT)
      .action((id: string, _options: object, command: Command) => setPinned(id, false, command)),
    { 'spoold unpin @last': 'Let the purge remove it later' },
  )
}

async function setPinned(id: string, pinned: boolean, command: Command): Promise<void> {
  const { withDaemon } = await import('./daemon/daemon-client.js')
  const { task_id } = await withDaemon(globalsOf(command), async (client) =>
    client.pin((await findTask(client, id)).task_id, pinned),
  )
  print(`${task_id} ${pinned ? 'pinned' : 'unpinned'}\n`)
}
