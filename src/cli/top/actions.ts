import type { SpooldClient } from '../../client/spoold-client.js'
import { SpoolError, wordError } from '../../domain/errors.js'
import { COMMAND_LINE_WORDING } from '../wording.js'
import type { Wish } from './keymap.js'
import type { TopState } from './state.js'

/** What is done beside the screen, and what it has led to. */
export interface Wishes {
  grant(wish: Exclude<Wish, { to: 'quit' | 'follow' }>): void
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
}

/** Does what keys have asked for. Refusals of the daemon are told, and change nothing else. */
export function grantWishes(client: SpooldClient, tell: (change: Partial<TopState>) => void): Wishes {
  const underWay = new Set<Promise<void>>()
  return {
    grant(wish) {
      if (wish.to === 'cancel') tell({ notice: `Cancelling ${wish.id} …` })
      const work = changeFor(client, wish)
        .catch((error: unknown) => {
          if (!(error instanceof SpoolError)) throw error
          return { notice: wordError(error, COMMAND_LINE_WORDING) }
        })
        .then(tell)
        .finally(() => underWay.delete(work))
      underWay.add(work)
    },
    async settled() {
      await Promise.all(underWay)
    },
  }
}

async function changeFor(
  client: SpooldClient,
  wish: Exclude<Wish, { to: 'quit' | 'follow' }>,
): Promise<Partial<TopState>> {
  const { id } = wish
  switch (wish.to) {
    case 'cancel': {
      const { success, status } = await client.cancel(id)
      return { notice: success ? `${id} is cancelled.` : `${id} had ended before: ${status}.` }
    }
    case 'see-question': {
      const { question } = await client.show(id)
      return question === undefined
        ? { notice: `${id} asks nothing any more.` }
        : { dialog: { asks: 'question', id, question } }
    }
    case 'answer': {
      const input = { task_id: id, question_id: wish.questionId, ...wish.answer }
      return { notice: (await client.respond(input)).message }
    }
  }
}
