import type { AgentAdapter } from '../domain/adapter.js'
import { headlessAdapter } from './headless/adapter.js'
import { type Fields, fieldsAt, listAt, numberAt, textAt } from './headless/event-fields.js'
import type { HeadlessKind } from './headless/kind.js'
import type { HeadlessRun } from './headless/run.js'
import type { ToolUpdate } from './output/tool-calls.js'
import { workedOn } from './output/tool-line.js'
import { ownDirectory } from './program/sign-in.js'

/**
 * Kind `codex`: `codex exec --json`. The events are those of codex-rs/exec/src/exec_events.rs in its repository: a
 * thread, a turn, and items (messages, commands, …) that are started, updated and completed. Messages are complete.
 */
const codex: HeadlessKind = {
  kind: 'codex',
  title: 'Codex',
  program: 'codex',
  install: 'install Codex (https://developers.openai.com/codex/cli)',
  variables: { pass: ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'CODEX_API_KEY', 'CODEX_HOME'] },
  signIn: {
    keys: ['CODEX_API_KEY'],
    files: (env) => [{ path: `${ownDirectory(env, 'CODEX_HOME', '.codex')}/auth.json` }],
    // It can configure another provider, with or without a key.
    elsewhere: (env) => [{ path: `${ownDirectory(env, 'CODEX_HOME', '.codex')}/config.toml` }],
    ask: { args: ['login', 'status'], since: '0.40.0' },
    remedy: 'Run `codex login`, or set CODEX_API_KEY in the agent\'s "env" or "passEnv".',
  },

  arguments: ({ model, resume, allow, args }) => [
    ...['exec', '--json', '--skip-git-repo-check'],
    ...(allow ? ['--dangerously-bypass-approvals-and-sandbox'] : []),
    ...(model === null ? [] : ['--model', model]),
    ...args,
    ...(resume === null ? [] : ['resume', resume]),
    // The prompt is standard input.
    '-',
  ],

  read(event, run) {
    switch (event.type) {
      case 'thread.started':
        return run.session(textAt(event, 'thread_id'))
      case 'item.started':
      case 'item.updated':
      case 'item.completed':
        return readItem(fieldsAt(event, 'item'), event.type === 'item.completed', run)
      case 'turn.started':
        return run.resume()
      case 'turn.completed':
        return run.succeed()
      case 'turn.failed':
        return run.endWith(textAt(event, 'error', 'message'))
      case 'error':
        return readError(textAt(event, 'message'), run)
      default:
        return run.unknown(event)
    }
  },
}

export function codexAdapter(source: NodeJS.ProcessEnv): AgentAdapter {
  return headlessAdapter(codex, source)
}

function readItem(item: Fields, isComplete: boolean, run: HeadlessRun): void {
  const id = textAt(item, 'id')
  switch (item.type) {
    case 'agent_message':
    case 'plan':
      if (isComplete) run.whole('text', textAt(item, 'text'), id)
      return
    case 'reasoning':
      if (isComplete) run.whole('thought', lines(textAt(item, 'text')), id)
      return
    case 'todo_list':
      // Repeated unchanged at the end of the turn.
      if (!isComplete) run.plan(listAt(item, 'items').map((step) => stepOf(step)))
      return
    case 'error':
      // These are warnings; the end of a turn is another event.
      if (isComplete) run.diagnostic(textAt(item, 'message'))
      return
    default: {
      const tool = toolOf(item)
      if (tool !== null) run.tool({ id, ...tool, status: statusOf(item, isComplete) })
    }
  }
}

/** Name of the tool, its target, and why it failed. */
function toolOf(item: Fields): Omit<ToolUpdate, 'id' | 'status'> | null {
  switch (item.type) {
    case 'command_execution': {
      const code = numberAt(item, 'exit_code')
      const output = textAt(item, 'aggregated_output')?.trim().split('\n').at(-1)
      const reason = [code === null ? '' : `exit code ${code}`, output].filter(Boolean).join(': ')
      return { title: 'Command', on: textAt(item, 'command') ?? '', reason }
    }
    case 'file_change': {
      const changes = listAt(item, 'changes').map(({ kind, path }) => `${kind} ${path}`)
      return { title: 'Files', on: changes.join(', ') }
    }
    case 'mcp_tool_call': {
      const title = [textAt(item, 'server'), textAt(item, 'tool')].filter(Boolean).join('.')
      return {
        title,
        on: workedOn(fieldsAt(item, 'arguments')),
        reason: textAt(item, 'error', 'message') ?? '',
      }
    }
    case 'web_search':
      return { title: 'Web search', on: textAt(item, 'query') ?? '' }
    case 'collab_tool_call':
      return { title: textAt(item, 'tool') ?? 'Subagent', on: textAt(item, 'prompt') ?? '' }
    default:
      return null
  }
}

function statusOf(item: Fields, isComplete: boolean): 'in_progress' | 'completed' | 'failed' {
  if (!isComplete) return 'in_progress'
  const hasFailed = item.status === 'failed' || item.status === 'declined'
  return hasFailed ? 'failed' : 'completed'
}

function stepOf(step: Fields): { text: string; status: 'done' | 'open' } {
  return { text: textAt(step, 'text') ?? '', status: step.completed === true ? 'done' : 'open' }
}

/** A thought is a separate item, so it is a separate paragraph. */
function lines(text: string | null): string | null {
  return text === null ? null : `${text.trimEnd()}\n`
}

/** Retries of the model connection are reported as errors. */
function readError(message: string | null, run: HeadlessRun): void {
  if (message?.startsWith('Reconnecting')) run.diagnostic(message)
  else {
    // An earlier success is no longer one.
    run.resume()
    run.fail(message)
  }
}
