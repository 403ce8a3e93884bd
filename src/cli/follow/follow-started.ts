import type { Command } from 'commander'
import type { SpooldClient } from '../../client/spoold-client.js'
import { ExitWith } from '../errors.js'
import { globalsOf } from '../global-options.js'
import { print } from '../terminal/print.js'

/** Starts a task, then follows it and exits with its exit code, or prints its id and exits with 0 if `detach` is set. */
export async function followStarted(
  command: Command,
  detach: boolean | undefined,
  start: (client: SpooldClient) => Promise<{ task_id: string }>,
): Promise<never> {
  const { withDaemon } = await import('../daemon/daemon-client.js')
  const { followTask } = await import('./follow.js')
  const exitCode = await withDaemon(globalsOf(command), async (client) => {
    const { task_id } = await start(client)
    if (detach) {
      print(`${task_id}\n`)
      return 0
    }
    return followTask(client, task_id, { from: 0, wait: true, createdAt: Date.now() })
  })
  throw new ExitWith(exitCode)
}
