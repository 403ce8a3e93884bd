import type { ListedPrompt } from '../definition.js'
import type { ToolNames } from '../wording.js'

export const DELEGATE = {
  name: 'delegate',
  title: 'Delegate work to an agent',
  description:
    'Starts an agent on the work in the background, follows it to its end, and reports the result.',
  arguments: [
    { name: 'work', description: 'What the agent should do, in full', required: true },
    {
      name: 'agent',
      description: 'Name of a configured agent; default: the default agent',
      required: false,
    },
    {
      name: 'working_directory',
      description: 'Absolute path of the working directory',
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
  return `1. Call ${tool('chat_async')} with the work, word for word, as its message${choices}. It returns a task_id at once; tell the user that id. (For work of less than a minute ${tool('chat')} takes the same arguments and returns the answer itself, or a task_id if it takes longer.)
2. Call ${tool('task_status')} with task_id, wait_for "done", wait_ms 50000 and detail "text". Call it again with from_chunk_index set to next_chunk_index of the last result, until is_done is true. The texts of these results, in order, are the agent's answer.
3. A silent task is still working: poll on. Never start it again because of its silence or a failed call.
4. If the status is input_required, the agent asks for permission. Ask the user, pass the answer on with ${tool('task_respond')}, then poll on.
5. Tell the user the result. If the status is failed or cancelled, say so, with the error.`
}

/**
 * Instructions for a model that delegates work and collects the result. The arguments are the user's data and are
 * included as they are, the work between fences that it does not contain itself.
 */
export function delegation({ work, ...choices }: Delegation, tool: ToolNames): string {
  const fence = fenceFor(work)
  return [
    "Delegate the work at the end of this message to an agent with spoold's tools, and collect the result.",
    '',
    steps(tool, describeChoices(choices)),
    '',
    `The work is between the two lines of ${fence.length} backticks. It is for the agent: do not do it yourself.`,
    fence,
    work,
    fence,
  ].join('\n')
}

function describeChoices(choices: Omit<Delegation, 'work'>): string {
  const given = Object.entries(choices).filter(([, value]) => value !== undefined)
  if (given.length === 0) return ''
  return `, and with these arguments: ${JSON.stringify(Object.fromEntries(given))}`
}

/** Longer than any run of backticks in the work, so that nothing in it can end it. */
function fenceFor(work: string): string {
  const runs = work.match(/`+/g) ?? []
  const longest = runs.reduce((length, run) => Math.max(length, run.length), 2)
  return '`'.repeat(longest + 1)
}
