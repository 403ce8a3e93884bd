import type { Command } from 'commander'
import { inSeconds, parseTaskTime } from './arguments.js'
import { followStarted } from './follow/follow-started.js'
import { addExamples } from './help/examples.js'

interface ExecOptions {
  cwd?: string
  ttl?: number
  timeout?: number
  detach?: boolean
}

export function addExec(program: Command): void {
  addExamples(
    program
      .command('exec')
      .description('Run a command as a task and follow its output')
      .usage('[options] -- <command> [arguments...]')
      .argument('<command...>', 'The program and its arguments, after --')
      .option('-C, --cwd <dir>', 'Working directory (default: the current one)')
      .option('--ttl <time>', 'Retention after the end, such as 2h', parseTaskTime)
      .option('--timeout <time>', 'Time limit, such as 1h', parseTaskTime)
      .option('-d, --detach', 'Print the task id instead of following')
      .action(exec),
    {
      'spoold exec -- npm test': 'Follow the tests to their end',
      'spoold exec -d --timeout 1h -- make all': 'Start it and print the id',
    },
  )
}

async function exec(argv: string[], options: ExecOptions, command: Command): Promise<void> {
  const { workingDirectory } = await import('./working-directory.js')
  const directory = workingDirectory(options.cwd)
  await followStarted(command, options.detach, (client) =>
    client.exec({
      argv,
      working_directory: directory,
      ttl_seconds: inSeconds(options.ttl),
      timeout_seconds: inSeconds(options.timeout),
    }),
  )
}
