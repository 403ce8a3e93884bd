import { type Command, Option } from 'commander'
import type { SpooldClient } from '../../client/spoold-client.js'
import type { TaskDetailResult } from '../../mcp/results/task.js'
import { findTask, TASK_ARGUMENT } from '../find-task.js'
import { globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import { type Document, FORMATS, type Format } from './document.js'

export function addExport(program: Command): void {
  addExamples(
    program
      .command('export')
      .description('Print a task as a document: its message, its output and how it ended')
      .argument('<id>', TASK_ARGUMENT)
      .addOption(
        new Option('-f, --format <format>', 'md for people, json for programs, txt for the answer only')
          .choices(FORMATS)
          .default('md'),
      )
      .action(exportTask),
    {
      'spoold export @last > answer.md': 'Save a task as Markdown',
      'spoold export --format txt @last': 'Print the answer only',
    },
  )
}

async function exportTask(id: string, options: { format: Format }, command: Command): Promise<void> {
  const { withDaemon } = await import('../daemon/daemon-client.js')
  await withDaemon(globalsOf(command), async (client) => {
    await writeDocument(client, await findTask(client, id), options.format)
  })
}

/** Prints a task with its output so far: cleaned for a terminal, unchanged for a file or a pipe. */
async function writeDocument(client: SpooldClient, task: TaskDetailResult, format: Format): Promise<void> {
  const { readExisting } = await import('../../client/follow.js')
  const { outputFor, writeOutput } = await import('../write-output.js')
  const write = (text: string) => writeOutput(process.stdout, outputFor(process.stdout, text))
  const document = await openDocument(format)
  await write(document.begin(task))
  for await (const chunk of readExisting(client, task.task_id, 0)) await write(document.add(chunk))
  await write(document.end())
}

async function openDocument(format: Format): Promise<Document> {
  switch (format) {
    case 'md':
      return (await import('./markdown.js')).markdownDocument()
    case 'json':
      return (await import('./json.js')).jsonDocument()
    case 'txt':
      return TEXT_DOCUMENT
  }
}

/** The answer only, byte for byte. */
const TEXT_DOCUMENT: Document = {
  begin: () => '',
  add: ({ kind, content }) => (kind === 'text' ? content : ''),
  end: () => '',
}
