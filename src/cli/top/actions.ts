import type { SpooldClient } from '../../client/spoold-client.js'
import { SpoolError, wordError } from '../../domain/errors.js'
import { COMMAND_LINE_WORDING } from '../wording.js'
import type { Action } from './keymap.js'
import type { TopState } from './state.js'

/** Actions of keys that call the daemon. */
export interface Actions {
  run(action: Exclude<Action, { to: 'quit' | 'follow' }>): void
  /** Resolves when no action is in progress. */
  settled(): Promise<void>
}

/** Runs actions. Errors of the daemon become notices. */
export function createActions(client: SpooldClient, onChange: (change: Partial<TopState>) => void): Actions {
  const inProgress = new Set<Promise<void>>()
  return {
    run(action) {
      if (action.to === 'cancel') onChange({ notice: `Cancelling ${action.id} …` })
      const work = changeFor(client, action)
        .catch((error: unknown) => {
          if (!(error instanceof SpoolError)) throw error
          return { notice: wordError(error, COMMAND_LINE_WORDING) }
        })
        .then(onChange)
        .finally(() => inProgress.delete(work))
      inProgress.add(work)
    },
    async settled() {
      await Promise.all(inProgress)
    },
  }
}

async function changeFor(
  client: SpooldClient,
  action: Exclude<Action, { to: 'quit' | 'follow' }>,
): Promise<Partial<TopState>> {
  const { id } = action
  switch (action.to) {
    case 'cancel': {
      const { success, status } = await client.cancel(id)
      return { notice: success ? `${id} is cancelled.` : `${id} had already ended: ${status}.` }
    }
    case 'show-question': {
      const { question } = await client.show(id)
      return question === undefined
        ? { notice: `${id} has no open question any more.` }
        : { dialog: { asks: 'question', id, question } }
    }
    case 'respond': {
      const input = { task_id: id, question_id: action.questionId, ...action.response }
      return { notice: (await client.respond(input)).message }
    }
  }
}
