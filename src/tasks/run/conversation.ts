import type { Dialogue } from '../../domain/adapter.js'
import type { SpoolInput } from '../../domain/processes.js'
import type { QuestionResponse } from '../../domain/question.js'
import type { Task } from '../../domain/task.js'
import type { Log } from '../log.js'
import { retryStorage } from '../storage-retry.js'
import type { Ingest } from './ingest.js'

/** How long an agent may take for each step before it gets to work; the first may be its own installation. */
const PREPARATION_LIMIT_MS = 120_000
/** Between the end of its input and the kill: what an agent takes to end by itself. */
const FAREWELL_MS = 3_000

export interface ConversationOptions {
  task: Task
  dialogue: Dialogue
  input: SpoolInput
  ingest: Ingest
  log: Log
  /** Aborts when the daemon lets go of the task. */
  detached: AbortSignal
}

/**
 * Speaks to an agent while it runs, in step with the reading of its output: what its dialogue wants said is committed
 * with the output that it answers, and only then written.
 */
export interface Conversation {
  /** Writes what is committed; closes the input when the dialogue is over. */
  speak(): Promise<void>
  /** Hands on what a person answered. */
  answer(answer: QuestionResponse): Promise<void>
  /** Asks the agent to stop, if it was not asked yet. */
  cancel(): Promise<void>
  /** Ends a dialogue whose agent takes too long for a step before it gets to work. */
  giveUpIfUnready(): Promise<void>
  isOver(): boolean
  /** The dialogue is over, and the agent had its time to end by itself. */
  isOverdue(): boolean
  /** ms until `isOverdue`; undefined while the dialogue goes on. */
  farewellLeft(): number | undefined
  /** The agent waits for a person: its silence does not count. */
  isWaiting(): boolean
  /** The wrapper is gone: its feeder is to end. */
  ring(): void
}

export function createConversation(options: ConversationOptions): Conversation {
  const { task, dialogue, input, ingest, log, detached } = options
  let overSince: number | undefined
  /** The step before the work that is under way, and since when. */
  let preparing: { step: string | null; since: number } | undefined

  async function speak(): Promise<void> {
    const utterance = dialogue.unwritten(task.message)
    if (utterance !== null) {
      await retryStorage(() => input.write(utterance.offset, utterance.text), 'what is said', log, detached)
      dialogue.written(utterance)
      input.wake('more')
    }
    if (!dialogue.isOver()) return
    // Again at each look: a ring is not kept for a feeder that does not listen yet.
    input.wake('end')
    overSince ??= performance.now()
  }

  function farewellLeft(): number | undefined {
    return overSince === undefined ? undefined : Math.max(0, overSince + FAREWELL_MS - performance.now())
  }

  return {
    speak,
    async answer({ questionId, optionId }) {
      await ingest.note(dialogue.answer(questionId, optionId))
      await speak()
    },
    async cancel() {
      if (dialogue.isOver()) return
      dialogue.cancel()
      await ingest.noteIfDue()
      await speak()
    },
    async giveUpIfUnready() {
      const step = dialogue.preparing()
      if (preparing?.step !== step) preparing = { step, since: performance.now() }
      if (step === null || performance.now() - preparing.since < PREPARATION_LIMIT_MS) return
      dialogue.fail(`The agent did not answer ${step} within ${PREPARATION_LIMIT_MS / 1000} s.`)
      await ingest.note([])
    },
    isOver: () => dialogue.isOver(),
    isOverdue: () => farewellLeft() === 0,
    farewellLeft,
    isWaiting: () => dialogue.question() !== null,
    ring: () => input.wake('end'),
  }
}
