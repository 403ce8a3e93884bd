import type { ListedPrompt } from '../server-definition.js'
import type { ToolNames } from '../wording.js'

export const DELEGATE = {
  name: 'delegate',
  title: 'Hand work over to an agent',
  description:
    'Starts an agent on the work in the background, follows it to its end, and tells what came of it.',
  arguments: [
    { name: 'work', description: 'What the agent is to do, in full', required: true },
    {
      name: 'agent',
      description: 'Name of a configured agent; the default agent without it',
      required: false,
    },
    {
      name: 'working_directory',
      description: 'Absolute path of the directory to work in',
      required: false,
    },
  ],
} as const satisfies ListedPrompt

export interface Delegation {
  work: string
  agent?: string | undefined
  working_directory?: string | undefined
}

function steps(tool: ToolNames, choices: string): string {
  return `1. Call ${tool('chat_async')} with the work, word for word, as its message${choices}. It gives a task_id at once; tell the person that id. (For work of less than a minute ${tool('chat')} takes the same arguments and gives the answer itself, or a task_id where it takes longer.)
2. Call ${tool('task_status')} with task_id, wait_for "done", wait_ms 50000 and detail "text". Call it again with from_chunk_index set to next_chunk_index of the last result, until is_done is true. The texts of these results, in order, are what the agent said.
3. A task that is quiet is at work: poll on. Never start it again, neither for its silence nor for a call that failed.
4. Where the status is input_required, the agent waits for a permission. Ask the person, and hand their answer on with ${tool('task_respond')}; then poll on.
5. Tell the person what came of it. Where the status is failed or cancelled, say so, with the error.`
}

/**
 * What a model reads that is to hand work over and collect it. The arguments are the person's data: they stand in it
 * as they are, the work between fences that it does not contain itself.
 */
export function delegation({ work, ...choices }: Delegation, tool: ToolNames): string {
  const fence = fenceFor(work)
  return [
    "Hand the work at the end of this message over to an agent with spoold's tools, and collect what comes of it.",
    '',
    steps(tool, sentenceOf(choices)),
    '',
    `The work is what stands between the two lines of ${fence.length} backticks. It is for the agent: do not do it yourself.`,
    fence,
    work,
    fence,
  ].join('\n')
}

function sentenceOf(choices: Omit<Delegation, 'work'>): string {
  const given = Object.entries(choices).filter(([, value]) => value !== undefined)
  if (given.length === 0) return ''
  return `, and with these arguments: ${JSON.stringify(Object.fromEntries(given))}`
}

/** Longer than any row of backticks in the work, so that nothing in it can end it. */
function fenceFor(work: string): string {
  const rows = work.match(/`+/g) ?? []
  const longest = rows.reduce((most, row) => Math.max(most, row.length), 2)
  return '`'.repeat(longest + 1)
}
