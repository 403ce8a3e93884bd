import { connect } from '../../client/connect.js'
import type { SpooldClient } from '../../client/spoold-client.js'
import type { TaskResult } from '../../mcp/results/task.js'
import type { Candidate } from './candidate.js'
import type { Known } from './candidates.js'

/** So many tasks are offered; who looks for an older one knows more of it than an id. */
const MAX_TASKS = 50

/** What the daemon of a state directory knows. None is started, and whatever goes wrong is nothing. */
export function knownOf(stateDirectory: string): Known {
  const ask = async (work: (client: SpooldClient) => Promise<Candidate[]>) => {
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
      ask(async (client) => {
        const found = await tasks(client, command)
        const isAll = command !== 'cancel' && command !== 'respond'
        // `@last` is the newest of all, which among some of them need not be the first.
        const last = isAll && found[0] !== undefined ? [{ word: '@last', does: told(found[0]) }] : []
        return [...last, ...found.map((task) => ({ word: task.task_id, does: told(task) }))]
      }),
    sessions: () =>
      ask(async (client) => {
        const found = (await client.list({ include_done: true, limit: MAX_TASKS })).tasks
        const newest = new Map<string, string>()
        for (const task of found) if (!newest.has(task.session_id)) newest.set(task.session_id, told(task))
        return [...newest].map(([word, does]) => ({ word, does }))
      }),
    agents: () =>
      ask(async (client) => {
        const { agents } = await client.agents()
        const configured = agents.filter((agent) => agent.configured)
        return configured.map(({ name, kind, available }) => ({
          word: name,
          does: available ? kind : `${kind}, cannot be used now`,
        }))
      }),
  }
}

function told({ status, message }: TaskResult): string {
  return `${status}: ${message}`
}
