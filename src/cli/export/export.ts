import { type Command, Option } from 'commander'
import { findTask, TASK_WORD } from '../find-task.js'
import { globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import { FORMATS, type Format } from './document.js'

export function addExport(program: Command): void {
  addExamples(
    program
      .command('export')
      .description('print a task as a document: what was asked, what was said, and how it ended')
      .argument('<id>', TASK_WORD)
      .addOption(
        new Option('-f, --format <format>', 'md to read, json for programs, txt for the answer alone')
          .choices(FORMATS)
          .default('md'),
      )
      .action(exportTask),
    {
      'spoold export @last > answer.md': 'to read or to keep',
      'spoold export --format txt @last': 'the answer alone',
    },
  )
}

async function exportTask(id: string, options: { format: Format }, command: Command): Promise<void> {
  const { withDaemon } = await import('../daemon/daemon-client.js')
  const { writeDocument } = await import('./write-document.js')
  await withDaemon(globalsOf(command), async (client) => {
    await writeDocument(client, await findTask(client, id), options.format)
  })
}
