import type { Command } from 'commander'
import { inSeconds, parseTaskTime } from './arguments.js'
import { followStarted } from './follow/follow-started.js'
import { addExamples } from './help/examples.js'

interface RunOptions {
  agent?: string
  session?: string
  model?: string
  cwd?: string
  ttl?: number
  timeout?: number
  edit?: boolean
  detach?: boolean
}

export function addRun(program: Command): void {
  addExamples(
    program
      .command('run')
      .description('hand a message to an agent and follow its answer')
      .argument(
        '[message...]',
        'what to ask, several words are joined; - at the end adds what is piped in; without it an editor opens',
      )
      .option('-a, --agent <name>', 'the agent (spoold agents)')
      .option('-s, --session <id>', 'go on with this conversation')
      .option('-m, --model <name>', 'the model')
      .option('-C, --cwd <dir>', 'the working directory; without it this one')
      .option('--ttl <time>', 'how long the task stays after its end, for example 2h', parseTaskTime)
      .option('--timeout <time>', 'time limit, for example 1h', parseTaskTime)
      .option('-e, --edit', 'write the message in $EDITOR')
      .option('-d, --detach', 'print the id and do not follow')
      .action(run),
    {
      "spoold run 'explain src/main.ts'": 'ask the default agent and follow',
      'git diff | spoold run review this -': 'with what is piped in',
      'spoold run -a claude -d fix the tests': 'another agent, and do not wait',
    },
  )
}

async function run(words: string[], options: RunOptions, command: Command): Promise<void> {
  const { workingDirectory } = await import('./working-directory.js')
  const { readMessage } = await import('./message/read-message.js')
  // A session has its directory already; another one is named only by the person.
  const isNamed = options.session === undefined || options.cwd !== undefined
  const directory = isNamed ? workingDirectory(options.cwd) : undefined
  const message = await readMessage(words, options.edit === true)
  try {
    await followStarted(command, options.detach, async (client) => {
      const started = await client.start(
        {
          message: message.text,
          agent: options.agent,
          session_id: options.session,
          model: options.model,
          working_directory: directory,
          ttl_seconds: inSeconds(options.ttl),
          timeout_seconds: inSeconds(options.timeout),
        },
        // A script could not answer, so nothing is asked of it.
        { attended: process.stdin.isTTY === true && !options.detach },
      )
      message.sent()
      return started
    })
  } finally {
    message.close()
  }
}
