import { connect } from '../../client/connect.js'
import type { SpooldClient } from '../../client/spoold-client.js'
import type { TaskResult } from '../../mcp/results/task.js'
import type { Candidate } from './candidate.js'
import type { DaemonWords } from './candidates.js'

/** Maximum number of tasks that are suggested. */
const MAX_TASKS = 50

/** The words of the daemon of a state directory. It is never started, and errors give no words. */
export function daemonWordsOf(stateDirectory: string): DaemonWords {
  const query = async (work: (client: SpooldClient) => Promise<Candidate[]>) => {
    try {
      return await work((await connect({ stateDirectory, as: 'operator' })).client)
    } catch {
      return []
    }
  }
  const tasks = async (client: SpooldClient, command: string) => {
    const isActive = command === 'cancel' || command === 'respond'
    const page = await client.list({ include_done: !isActive, limit: MAX_TASKS })
    return page.tasks.filter(({ status }) => command !== 'respond' || status === 'input_required')
  }
  return {
    tasks: (command) =>
      query(async (client) => {
        const found = await tasks(client, command)
        const isAll = command !== 'cancel' && command !== 'respond'
        // `@last` is the newest of all tasks, which a filtered list need not contain.
        const last = isAll && found[0] !== undefined ? [{ word: '@last', does: describe(found[0]) }] : []
        return [...last, ...found.map((task) => ({ word: task.task_id, does: describe(task) }))]
      }),
    sessions: () =>
      query(async (client) => {
        const found = (await client.list({ include_done: true, limit: MAX_TASKS })).tasks
        const newest = new Map<string, string>()
        for (const task of found)
          if (!newest.has(task.session_id)) newest.set(task.session_id, describe(task))
        return [...newest].map(([word, does]) => ({ word, does }))
      }),
    agents: () =>
      query(async (client) => {
        const { agents } = await client.agents()
        const configured = agents.filter((agent) => agent.configured)
        return configured.map(({ name, kind, available }) => ({
          word: name,
          does: available ? kind : `${kind}, not usable`,
        }))
      }),
  }
}

function describe({ status, message }: TaskResult): string {
  return `${status}: ${message}`
}
