import type { Command } from 'commander'
import { findTask, TASK_WORD } from './find-task.js'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

export function addPin(program: Command): void {
  addExamples(
    program
      .command('pin')
      .description('keep a task for ever')
      .argument('<id>', TASK_WORD)
      .action((id: string, _options: object, command: Command) => setPinned(id, true, command)),
    { 'spoold pin @last': 'the purge leaves it alone' },
  )
}

export function addUnpin(program: Command): void {
  addExamples(
    program
      .command('unpin')
      .description('let a task go when its time is over')
      .argument('<id>', TASK_WORD)
      .action((id: string, _options: object, command: Command) => setPinned(id, false, command)),
    { 'spoold unpin @last': 'it goes when it is past its time' },
  )
}

async function setPinned(id: string, pinned: boolean, command: Command): Promise<void> {
  const { withDaemon } = await import('./daemon/daemon-client.js')
  const { task_id } = await withDaemon(globalsOf(command), async (client) =>
    client.pin((await findTask(client, id)).task_id, pinned),
  )
  print(`${task_id} ${pinned ? 'pinned' : 'unpinned'}\n`)
}
