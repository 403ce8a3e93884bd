import type { Command } from 'commander'
import { findTasks } from './find-task.js'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

export function addCancel(program: Command): void {
  addExamples(
    program
      .command('cancel')
      .description('End tasks and all their processes')
      .argument('<id...>', 'The tasks: ids or unique prefixes, @last, @-2, …')
      .action(cancel),
    {
      'spoold cancel @last': 'Cancel the newest task',
      'spoold cancel @-2 @-3': 'Cancel the two before it',
    },
  )
}

async function cancel(ids: string[], _options: object, command: Command): Promise<void> {
  const { withDaemon } = await import('./daemon/daemon-client.js')
  await withDaemon(globalsOf(command), async (client) => {
    const tasks = await findTasks(client, ids)
    await Promise.all(
      tasks.map(async ({ task_id }) => {
        const { success, status } = await client.cancel(task_id)
        print(success ? `${task_id} cancelled\n` : `${task_id} had already ended: ${status}\n`)
      }),
    )
  })
}
