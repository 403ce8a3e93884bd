import type { Command } from 'commander'
import { parseIndex } from '../arguments.js'
import { ExitWith } from '../errors.js'
import { findTask, TASK_WORD } from '../find-task.js'
import { globalsOf } from '../globals.js'

export function addTail(program: Command): void {
  program
    .command('tail')
    .description("print a task's output from the beginning, and go on as it comes")
    .argument('<id>', TASK_WORD)
    .option('--from <index>', 'first chunk wanted', parseIndex, 0)
    .option('--no-follow', 'print what is there and end')
    .action(tail)
}

async function tail(id: string, options: { from: number; follow: boolean }, command: Command): Promise<void> {
  const { withDaemon } = await import('../daemon-client.js')
  const { followTask } = await import('../follow.js')
  const exitCode = await withDaemon(globalsOf(command), async (client) => {
    const { task_id, created_at, completed_at } = await findTask(client, id)
    return followTask(client, task_id, {
      from: options.from,
      wait: options.follow && completed_at === null,
      createdAt: Date.parse(created_at),
    })
  })
  throw new ExitWith(exitCode)
}
