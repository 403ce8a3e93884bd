import type { Command } from 'commander'
import { findTasks } from './find-task.js'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

export function addCancel(program: Command): void {
  addExamples(
    program
      .command('cancel')
      .description('end tasks and all their processes')
      .argument('<id...>', 'the tasks: ids or the beginnings of them, @last, @-2, …')
      .action(cancel),
    {
      'spoold cancel @last': 'the task that was created last',
      'spoold cancel @-2 @-3': 'the two before it',
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
        print(success ? `${task_id} cancelled\n` : `${task_id} had ended before: ${status}\n`)
      }),
    )
  })
}
