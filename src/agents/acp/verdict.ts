import type { Evidence, Verdict } from '../../domain/adapter.js'
import { describeExit, withReason } from '../program/process-end.js'
import type { AcpTurnState } from './state.js'

/** Stop reasons of `session/prompt` (https://agentclientprotocol.com/protocol/prompt-turn) that are failures. */
const STOPPED: Record<string, string> = {
  max_tokens: 'The agent reached its token limit (max_tokens).',
  max_turn_requests: 'The agent reached its limit of model requests (max_turn_requests).',
  refusal: 'The agent refused to continue (refusal).',
  cancelled: 'The agent cancelled its own turn.',
}

/** Judges the end of a turn by the agent's response to the prompt, whatever the process did. */
export function acpVerdict(state: AcpTurnState, { exitCode, stderrTail }: Evidence): Verdict {
  if (state.error !== null) return failed('agent_error', state.error)
  if (state.stopReason === 'end_turn') return { status: 'completed' }
  if (state.stopReason !== null) {
    const sentence =
      STOPPED[state.stopReason] ?? `The agent stopped for an unknown reason (${state.stopReason}).`
    return failed('agent_error', sentence)
  }
  const when = state.step === 'prompt' ? 'in the middle of its turn' : `before it responded to ${state.step}`
  const sentence = `The agent exited ${when} (${describeExit(exitCode)})`
  return failed(exitCode === 0 ? 'agent_error' : 'exit', withReason(sentence, stderrTail))
}

function failed(endReason: 'exit' | 'agent_error', error: string): Verdict {
  return { status: 'failed', endReason, error }
}
