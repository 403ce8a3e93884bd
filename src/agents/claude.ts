import type { AgentAdapter } from '../domain/adapter.js'
import { headlessAdapter } from './headless/adapter.js'
import { type Fields, fieldsAt, listAt, numberAt, textAt, valueAt } from './headless/event-fields.js'
import type { HeadlessKind } from './headless/kind.js'
import type { HeadlessRun } from './headless/run.js'
import { workedOn } from './output/tool-line.js'
import { ownDirectory } from './program/sign-in.js'

/**
 * Kind `claude`: `claude -p --output-format stream-json`. The events are the messages of its SDK
 * (https://docs.claude.com/en/docs/agent-sdk/typescript#message-types): `stream_event` wraps the deltas of the model's
 * API, `assistant` and `user` are whole messages, `result` is the end.
 */
const claude: HeadlessKind = {
  kind: 'claude',
  title: 'Claude Code',
  program: 'claude',
  install: 'install Claude Code (https://docs.claude.com/en/docs/claude-code/setup)',
  variables: {
    pass: [
      ...['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL', 'ANTHROPIC_MODEL'],
      ...[
        'CLAUDE_CODE_OAUTH_TOKEN',
        'CLAUDE_CODE_USE_BEDROCK',
        'CLAUDE_CODE_USE_VERTEX',
        'CLAUDE_CONFIG_DIR',
      ],
    ],
    // An update during a task would replace the running program.
    set: { DISABLE_AUTOUPDATER: '1' },
  },
  signIn: {
    keys: [
      ...['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'],
      ...['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX'],
    ],
    files: (env) => [{ path: `${ownDirectory(env, 'CLAUDE_CONFIG_DIR', '.claude')}/.credentials.json` }],
    // Settings can name a key helper or another provider.
    elsewhere: (env) => [
      { path: `${ownDirectory(env, 'CLAUDE_CONFIG_DIR', '.claude')}/settings.json` },
      { path: '/etc/claude-code/managed-settings.json' },
    ],
    // Earlier versions would read the words as a prompt.
    ask: { args: ['auth', 'status'], since: '2.1.41' },
    remedy: 'Run `claude` and sign in there, or set ANTHROPIC_API_KEY in the agent\'s "env" or "passEnv".',
  },

  arguments: ({ model, resume, allow, args }) => [
    ...['-p', '--output-format', 'stream-json', '--verbose', '--include-partial-messages'],
    ...(allow ? ['--dangerously-skip-permissions'] : []),
    ...(model === null ? [] : ['--model', model]),
    ...(resume === null ? [] : ['--resume', resume]),
    ...args,
  ],

  read(event, run) {
    run.session(textAt(event, 'session_id'))
    // A subagent's messages are part of the tool call that started it.
    if (textAt(event, 'parent_tool_use_id') !== null) return
    switch (event.type) {
      case 'stream_event':
        return readDelta(fieldsAt(event, 'event'), run)
      case 'assistant':
        return readAssistant(event, run)
      case 'user':
        return readToolResults(listAt(event, 'message', 'content'), run)
      case 'system':
        return readSystem(event, run)
      case 'result':
        return readResult(event, run)
      default:
        return run.unknown(event)
    }
  },
}

export function claudeAdapter(source: NodeJS.ProcessEnv): AgentAdapter {
  return headlessAdapter(claude, source)
}

function readDelta(event: Fields, run: HeadlessRun): void {
  if (event.type === 'message_start') run.beginMessage(textAt(event, 'message', 'id'))
  if (event.type === 'message_stop') run.beginMessage(null)
  if (event.type !== 'content_block_delta') return
  const delta = fieldsAt(event, 'delta')
  if (delta.type === 'text_delta') run.delta('text', textAt(delta, 'text'))
  if (delta.type === 'thinking_delta') run.delta('thought', textAt(delta, 'thinking'))
}

function readAssistant(event: Fields, run: HeadlessRun): void {
  const id = textAt(event, 'message', 'id')
  const blocks = listAt(event, 'message', 'content')
  // A message that Claude Code writes instead of the model, such as "API Error: …".
  const isError = textAt(event, 'error') !== null
  for (const block of blocks) {
    if (block.type === 'text' && isError) run.fail(textAt(block, 'text'))
    else if (block.type === 'text') run.whole('text', textAt(block, 'text'), id)
    else if (block.type === 'thinking') run.whole('thought', textAt(block, 'thinking'), id)
    else if (block.type === 'tool_use' || block.type === 'server_tool_use') {
      const title = textAt(block, 'name') ?? undefined
      run.tool({
        id: textAt(block, 'id'),
        title,
        on: workedOn(fieldsAt(block, 'input')),
        status: 'in_progress',
      })
    }
  }
}

function readToolResults(blocks: Fields[], run: HeadlessRun): void {
  for (const block of blocks) {
    if (block.type !== 'tool_result') continue
    const status = block.is_error === true ? 'failed' : 'completed'
    const parts = listAt(block, 'content').map((part) => textAt(part, 'text') ?? '')
    const reason = textAt(block, 'content') ?? parts.join('\n')
    run.tool({ id: textAt(block, 'tool_use_id'), status, reason })
  }
}

function readSystem(event: Fields, run: HeadlessRun): void {
  if (event.subtype !== 'api_retry') return
  const attempt = numberAt(event, 'attempt') ?? '?'
  run.diagnostic(
    `Claude Code asks the model again (attempt ${attempt}): ${textAt(event, 'error') ?? 'no reason given'}`,
  )
}

function readResult(event: Fields, run: HeadlessRun): void {
  const result = textAt(event, 'result')
  if (event.subtype === 'success' && event.is_error !== true) {
    if (!run.facts.answered) run.text(result)
    run.succeed()
    return
  }
  const errors = valueAt(event, 'errors')
  const listed = Array.isArray(errors) ? errors.filter((error) => typeof error === 'string').join('; ') : ''
  run.endWith(result || listed || textAt(event, 'subtype'))
}
