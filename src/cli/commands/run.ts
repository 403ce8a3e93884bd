import type { Command } from 'commander'
import { inSeconds, parseTaskTime } from '../arguments.js'
import { ExitWith } from '../errors.js'
import { globalsOf } from '../globals.js'
import { say } from '../say.js'

interface RunOptions {
  agent?: string
  session?: string
  model?: string
  cwd: string
  ttl?: number
  timeout?: number
  detach?: boolean
}

export function addRun(program: Command): void {
  program
    .command('run')
    .description('hand a message to an agent and follow its answer')
    .argument('<message...>', 'what to ask; several words are joined')
    .option('-a, --agent <name>', 'the agent (spoold agents)')
    .option('-s, --session <id>', 'go on with this conversation')
    .option('-m, --model <name>', 'the model')
    .option('-C, --cwd <dir>', 'the working directory', process.cwd())
    .option('--ttl <time>', 'how long the task stays after its end, for example 2h', parseTaskTime)
    .option('--timeout <time>', 'time limit, for example 1h', parseTaskTime)
    .option('-d, --detach', 'print the id and do not follow')
    .action(run)
}

async function run(words: string[], options: RunOptions, command: Command): Promise<void> {
  const { resolve } = await import('node:path')
  const { withDaemon } = await import('../daemon-client.js')
  const { followTask } = await import('../follow.js')
  // A session has its directory already; another one is named only by the person.
  const isNamed = options.session === undefined || command.getOptionValueSource('cwd') === 'cli'
  const workingDirectory = isNamed ? resolve(options.cwd) : undefined
  const exitCode = await withDaemon(globalsOf(command), async (client) => {
    const { task_id } = await client.start({
      message: words.join(' '),
      agent: options.agent,
      session_id: options.session,
      model: options.model,
      working_directory: workingDirectory,
      ttl_seconds: inSeconds(options.ttl),
      timeout_seconds: inSeconds(options.timeout),
    })
    if (options.detach) {
      say(`${task_id}\n`)
      return 0
    }
    return followTask(client, task_id, { from: 0, wait: true, createdAt: Date.now() })
  })
  throw new ExitWith(exitCode)
}
