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
      .description('run any command as a task and follow it')
      .usage('[options] -- <command> [arguments...]')
      .argument('<command...>', 'the program and its arguments, after --')
      .option('-C, --cwd <dir>', 'the working directory; without it this one')
      .option('--ttl <time>', 'how long the task stays after its end, for example 2h', parseTaskTime)
      .option('--timeout <time>', 'time limit, for example 1h', parseTaskTime)
      .option('-d, --detach', 'print the id and do not follow')
      .action(exec),
    {
      'spoold exec -- npm test': 'follow it to its end',
      'spoold exec -d --timeout 1h -- make all': 'print the id and go on',
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
