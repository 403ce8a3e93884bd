import { readExisting } from '../../client/follow.js'
import type { SpooldClient } from '../../client/spoold-client.js'
import type { TaskDetailResult } from '../../mcp/results/task.js'
import { outputFor, writeOutput } from '../write-output.js'
import type { Document, Format } from './document.js'
import { jsonDocument } from './json.js'
import { markdownDocument } from './markdown.js'
import { textDocument } from './text.js'

const DOCUMENTS: Readonly<Record<Format, () => Document>> = {
  md: markdownDocument,
  json: jsonDocument,
  txt: textDocument,
}

/** Prints a task with all that it said up to now. Cleaned for a terminal; a file or a pipe gets it as it is. */
export async function writeDocument(
  client: SpooldClient,
  task: TaskDetailResult,
  format: Format,
): Promise<void> {
  const document = DOCUMENTS[format]()
  await write(document.begin(task))
  for await (const chunk of readExisting(client, task.task_id, 0)) await write(document.add(chunk))
  await write(document.end())
}

function write(text: string): Promise<void> {
  return writeOutput(process.stdout, outputFor(process.stdout, text))
}
