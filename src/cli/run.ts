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
      .description('Give a message to an agent and follow its answer')
      .argument(
        '[message...]',
        'The message (words are joined); a final - appends standard input; opens an editor without it',
      )
      .option('-a, --agent <name>', 'Agent (see spoold agents)')
      .option('-s, --session <id>', 'Continue this session')
      .option('-m, --model <name>', 'Model')
      .option('-C, --cwd <dir>', 'Working directory (default: the current one)')
      .option('--ttl <time>', 'Retention after the end, such as 2h', parseTaskTime)
      .option('--timeout <time>', 'Time limit, such as 1h', parseTaskTime)
      .option('-e, --edit', 'Write the message in $EDITOR')
      .option('-d, --detach', 'Print the task id instead of following')
      .action(run),
    {
      "spoold run 'explain src/main.ts'": 'Ask the default agent',
      'git diff | spoold run review this -': 'Append standard input to the message',
      'spoold run -a claude -d fix the tests': 'Use another agent, in the background',
    },
  )
}

async function run(words: string[], options: RunOptions, command: Command): Promise<void> {
  const { workingDirectory } = await import('./working-directory.js')
  const { readMessage } = await import('./message/read-message.js')
  // A session already has a directory, so only an explicit one is sent.
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
        // A script cannot answer questions, so it is not asked any.
        { attended: process.stdin.isTTY === true && !options.detach },
      )
      message.sent()
      return started
    })
  } finally {
    message.close()
  }
}
