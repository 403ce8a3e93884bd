import { type Command, InvalidArgumentError } from 'commander'
import { CHUNK_KINDS, type ChunkKind } from '../domain/chunk.js'
import { nearest } from '../domain/nearest.js'
import { parseIndex } from './arguments.js'
import { ExitWith } from './errors.js'
import { TASK_ARGUMENT } from './find-task.js'
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
      .description('Print the output of tasks and follow it (several tasks: line by line)')
      .argument('<id...>', TASK_ARGUMENT)
      .option('--from <index>', 'First chunk to print', parseIndex, 0)
      .option(
        '-k, --kind <kinds>',
        `Only these kinds of chunks, all on standard output: ${CHUNK_KINDS.join(', ')}`,
        parseKinds,
      )
      .option('--raw', 'Print the output unchanged, also to a terminal')
      .option('--no-follow', 'Print the existing output and exit')
      .action(tail),
    {
      'spoold tail @last': 'Follow the newest task',
      'spoold tail @last --no-follow': 'Print its output so far',
      'spoold tail --kind stderr,error @last': 'Print only what went wrong',
    },
  )
}

async function tail(ids: string[], options: TailOptions, command: Command): Promise<void> {
  const { withDaemon } = await import('./daemon/daemon-client.js')
  const { findTasks } = await import('./find-task.js')
  const { followTasks } = await import('./follow/follow.js')
  const { labelsOf, printLabels } = await import('./follow/labels.js')
  const exitCode = await withDaemon(globalsOf(command), async (client) => {
    const tasks = await findTasks(client, ids)
    const labels = labelsOf(tasks)
    if (tasks.length > 1) printLabels(tasks, labels)
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

/** Parses `text,stderr`; a repeated option adds to the earlier ones. */
function parseKinds(text: string, earlier?: ReadonlySet<ChunkKind>): ReadonlySet<ChunkKind> {
  const isKind = (word: string): word is ChunkKind => (CHUNK_KINDS as readonly string[]).includes(word)
  const words = text.split(',').map((word) => word.trim())
  const unknown = words.find((word) => !isKind(word))
  if (unknown !== undefined) {
    const similar = nearest(unknown, CHUNK_KINDS)
    throw new InvalidArgumentError(
      `Kinds are ${CHUNK_KINDS.join(', ')}, separated by commas.${similar === undefined ? '' : ` Did you mean ${similar}?`}`,
    )
  }
  return new Set([...(earlier ?? []), ...words.filter(isKind)])
}
