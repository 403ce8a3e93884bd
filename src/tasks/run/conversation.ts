import type { Dialogue } from '../../domain/adapter.js'
import type { SpoolInput } from '../../domain/processes.js'
import type { Task } from '../../domain/task.js'
import type { Log } from '../log.js'
import { retryStorage } from '../storage-retry.js'
import type { RunControl } from './control.js'
import type { Ingest } from './ingest.js'

/** How long an agent may take for each step before it starts to work; the first step may include installing itself. */
const SETUP_STEP_LIMIT_MS = 120_000
/** How long an agent may take to exit by itself after its input was closed. */
const EXIT_GRACE_MS = 3_000

export interface ConversationOptions {
  task: Task
  dialogue: Dialogue
  input: SpoolInput
  ingest: Ingest
  control: RunControl
  log: Log
}

/**
 * The dialogue with a running agent, in step with the reading of its output: an outgoing message is committed together
 * with the output that it responds to, and written only after that.
 */
export interface Conversation {
  /** Passes on what was asked from outside, applies the limit of the setup, and sends the next message. */
  step(isWrapperAlive: boolean): Promise<void>
  isOver(): boolean
  /** The agent waits for a person's response. */
  isWaiting(): boolean
  /** How long the agent may still take to exit; Infinity during the dialogue. Never negative. */
  exitGraceLeftMs(): number
}

export function createConversation(options: ConversationOptions): Conversation {
  const { task, dialogue, input, ingest, control, log } = options
  let overSince: number | undefined
  let setup: { step: string | null; since: number } | undefined

  async function passOnControl(): Promise<void> {
    const response = control.removeResponse()
    const { stopReason } = control
    if (stopReason !== null && stopReason !== 'output_limit') await cancel()
    else if (stopReason === null && response !== null) {
      await ingest.commitPieces(dialogue.answer(response.questionId, response.optionId))
      await send()
    }
  }

  async function cancel(): Promise<void> {
    if (dialogue.isOver()) return
    dialogue.cancel()
    await ingest.commitIfDue()
    await send()
  }

  async function limitSetup(): Promise<void> {
    const step = dialogue.preparing()
    if (setup?.step !== step) setup = { step, since: performance.now() }
    if (step === null || performance.now() - setup.since < SETUP_STEP_LIMIT_MS) return
    dialogue.fail(`The agent did not respond to ${step} within ${SETUP_STEP_LIMIT_MS / 1000} s.`)
    await ingest.commitPieces([])
  }

  /** Writes the message that is committed, or closes the agent's input when the dialogue is over. */
  async function send(): Promise<void> {
    const message = dialogue.unwritten(task.message)
    if (message !== null) {
      const write = () => input.write(message.offset, message.text)
      await retryStorage(write, 'a message to an agent', log, control.detached)
      dialogue.written(message)
      input.wake('more')
    }
    if (!dialogue.isOver()) return
    // Repeated at each step: a wake-up is lost if the feeder does not listen yet.
    input.wake('end')
    overSince ??= performance.now()
  }

  return {
    async step(isWrapperAlive) {
      // Without its wrapper, any wake-up ends the feeder.
      if (!isWrapperAlive) input.wake('end')
      await passOnControl()
      await limitSetup()
      await send()
    },
    isOver: () => dialogue.isOver(),
    isWaiting: () => dialogue.question() !== null,
    exitGraceLeftMs: () =>
      overSince === undefined
        ? Number.POSITIVE_INFINITY
        : Math.max(0, overSince + EXIT_GRACE_MS - performance.now()),
  }
}
