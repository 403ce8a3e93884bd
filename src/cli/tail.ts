import { type Command, InvalidArgumentError } from 'commander'
import { CHUNK_KINDS, type ChunkKind } from '../domain/chunk.js'
import { nearest } from '../domain/nearest.js'
import { parseIndex } from './arguments.js'
import { ExitWith } from './errors.js'
import { TASK_WORD } from './find-task.js'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'

interface TailOptions {
  from: number
  kind?: ReadonlySet<ChunkKind>
  raw?: boolean
  follow: boolean
}

export function addTail(program: Command): void {
  addExamples(
    program
      .command('tail')
      .description(
        "print a task's output from the beginning, and go on as it comes; of several, line by line",
      )
      .argument('<id...>', TASK_WORD)
      .option('--from <index>', 'first chunk wanted', parseIndex, 0)
      .option(
        '-k, --kind <kinds>',
        `only these kinds of chunks, all on standard output: ${CHUNK_KINDS.join(', ')}`,
        parseKinds,
      )
      .option('--raw', 'as it was stored: on a terminal, too, nothing is cleaned or coloured')
      .option('--no-follow', 'print what is there and end')
      .action(tail),
    {
      'spoold tail @last': 'follow the task that was created last',
      'spoold tail @last --no-follow': 'only what is there',
      'spoold tail --kind stderr,error @last': 'only what went wrong',
    },
  )
}

async function tail(ids: string[], options: TailOptions, command: Command): Promise<void> {
  const { withDaemon } = await import('./daemon/daemon-client.js')
  const { findTasks } = await import('./find-task.js')
  const { followTasks } = await import('./follow/follow.js')
  const { labelsOf, sayLabels } = await import('./follow/labels.js')
  const exitCode = await withDaemon(globalsOf(command), async (client) => {
    const tasks = await findTasks(client, ids)
    const labels = labelsOf(tasks)
    if (tasks.length > 1) sayLabels(tasks, labels)
    const followed = tasks.map(({ task_id, created_at, completed_at }, place) => ({
      taskId: task_id,
      from: options.from,
      wait: options.follow && completed_at === null,
      createdAt: Date.parse(created_at),
      label: labels[place] ?? task_id,
    }))
    return followTasks(client, followed, { kinds: options.kind, raw: options.raw })
  })
  throw new ExitWith(exitCode)
}

/** `text,stderr`; given twice, both count. */
function parseKinds(text: string, before?: ReadonlySet<ChunkKind>): ReadonlySet<ChunkKind> {
  const isKind = (word: string): word is ChunkKind => (CHUNK_KINDS as readonly string[]).includes(word)
  const words = text.split(',').map((word) => word.trim())
  const wrong = words.find((word) => !isKind(word))
  if (wrong !== undefined) {
    const meant = nearest(wrong, CHUNK_KINDS)
    throw new InvalidArgumentError(
      `Kinds are ${CHUNK_KINDS.join(', ')}, separated by commas.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
    )
  }
  return new Set([...(before ?? []), ...words.filter(isKind)])
}
