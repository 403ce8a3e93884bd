import { SpoolError } from '../domain/errors.js'

/** How a person at the command line calls what the tools call so. */
const FIELDS: ReadonlyMap<string, string> = new Map([
  ['agent', '--agent'],
  ['model', '--model'],
  ['session_id', '--session'],
  ['working_directory', '--cwd'],
  ['ttl_seconds', '--ttl'],
  ['timeout_seconds', '--timeout'],
  ['older_than_seconds', '--older-than'],
  ['since_seconds', '--since'],
  ['limit', '--limit'],
  ['from_chunk_index', '--from'],
  ['task_id', 'id'],
  ['argv', 'the command'],
  ['option', 'the answer'],
  ['message', 'the message'],
  ['query', 'the query'],
])

const PHRASES: readonly (readonly [string, string])[] = [
  ['use next_chunk_index of the last answer, or 0', 'leave --from out for all of it'],
  ['kiro_task_status tells whether one is open', '`spoold respond` without an answer shows what is open'],
  ['kiro_task_list with include_done, or `spoold ls --all`,', 'spoold ls --all'],
  ['kiro_agents_list', 'spoold agents'],
  ['kiro_task_list', 'spoold ls --all'],
  ['kiro_session_list', 'spoold ls --all --json'],
  ['kiro_session_create or kiro_chat_async', 'spoold run'],
  ['kiro_chat_async', 'spoold run'],
  ['kiro_task_status', 'spoold tail'],
  ['kiro_task_cancel', 'spoold cancel'],
  ['kiro_task_respond', 'spoold respond'],
]

/** Fields whose names mean nothing else, wherever they stand in a sentence. */
const UNMISTAKABLE = new RegExp(
  `\\b(?:${[...FIELDS.keys()].filter((name) => name.includes('_')).join('|')})\\b`,
  'g',
)

/** A refusal of the daemon, whose sentences name the fields and tools of MCP, in the words of the command line. */
export function inCommandWords(error: unknown): unknown {
  if (!(error instanceof SpoolError)) return error
  const { code, field, cause } = error
  let sentence = error.message
  for (const [phrase, words] of PHRASES) sentence = sentence.replaceAll(phrase, words)
  if (field !== undefined && sentence.startsWith(`${field} `)) {
    sentence = `${FIELDS.get(field) ?? field}${sentence.slice(field.length)}`
  }
  sentence = sentence.replace(UNMISTAKABLE, (name) => FIELDS.get(name) ?? name)
  return new SpoolError(code, sentence, { ...(field === undefined ? {} : { field }), cause })
}
