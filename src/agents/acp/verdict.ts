import type { Evidence, Verdict } from '../../domain/adapter.js'
import { describeExit, withLastWords } from '../program/process-end.js'
import type { AcpTurnState } from './state.js'

/** Stop reasons of `session/prompt` (https://agentclientprotocol.com/protocol/prompt-turn) that are no success. */
const STOPPED: Record<string, string> = {
  max_tokens: 'The agent stopped at the limit of its tokens (max_tokens).',
  max_turn_requests: 'The agent stopped at the limit of its requests to the model (max_turn_requests).',
  refusal: 'The agent refused to go on (refusal).',
  cancelled: 'The agent cancelled its turn by itself.',
}

/** Judges the end of a turn: only the agent's own word that its turn is done proves it, whatever the process did. */
export function acpVerdict(state: AcpTurnState, { exitCode, stderrTail }: Evidence): Verdict {
  if (state.error !== null) return failed('agent_error', state.error)
  if (state.stopReason === 'end_turn') return { status: 'completed' }
  if (state.stopReason !== null) {
    const sentence =
      STOPPED[state.stopReason] ?? `The agent stopped for an unknown reason (${state.stopReason}).`
    return failed('agent_error', sentence)
  }
  const when = state.step === 'prompt' ? 'in the middle of its turn' : `before it answered ${state.step}`
  const sentence = `The agent ended ${when} (${describeExit(exitCode)})`
  return failed(exitCode === 0 ? 'agent_error' : 'exit', withLastWords(sentence, stderrTail))
}

function failed(endReason: 'exit' | 'agent_error', error: string): Verdict {
  return { status: 'failed', endReason, error }
}
