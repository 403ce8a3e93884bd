import type { AgentAdapter } from '../domain/adapter.js'
import { headlessAdapter } from './headless/adapter.js'
import { type Fields, fieldsAt, numberAt, textAt } from './headless/event-fields.js'
import type { HeadlessKind } from './headless/kind.js'
import type { HeadlessRun } from './headless/run.js'
import { workedOn } from './output/tool-line.js'
import { ownDirectory } from './program/sign-in.js'

/** Finish reasons after which the model continues. */
const GOES_ON: ReadonlySet<string> = new Set(['tool-calls', 'unknown'])

/**
 * Kind `opencode`: `opencode run --format json`. The events are printed by packages/opencode/src/cli/cmd/run.ts in its
 * repository: complete parts of messages (step_start, text, reasoning, tool_use once it has ended, step_finish),
 * and error. There is no terminal event; the last step ends with the reason `stop`.
 */
const opencode: HeadlessKind = {
  kind: 'opencode',
  title: 'OpenCode',
  program: 'opencode',
  install: 'install OpenCode (https://opencode.ai/docs/)',
  variables: {
    pass: ['OPENCODE_API_KEY', 'OPENCODE_CONFIG', 'OPENCODE_CONFIG_CONTENT', 'OPENCODE_CONFIG_DIR'],
    // An update during a task would replace the running program.
    set: { OPENCODE_DISABLE_AUTOUPDATE: '1' },
  },
  signIn: {
    keys: ['OPENCODE_API_KEY'],
    // Its configuration can have a provider without sign-in, so a missing sign-in cannot be detected.
    files: (env) => [
      { path: `${ownDirectory(env, 'XDG_DATA_HOME', '.local/share')}/opencode/auth.json`, holds: /"type"/ },
    ],
    remedy: 'Run `opencode auth login`.',
  },
  unfinished:
    'without permission it rejects tools and stops there: set "permissions": "allow" for this agent, or allow the tools in OpenCode\'s own configuration.',

  arguments: ({ model, resume, allow, args }) => [
    ...['run', '--format', 'json', '--thinking'],
    ...(allow ? ['--auto'] : []),
    ...(model === null ? [] : ['--model', model]),
    ...(resume === null ? [] : ['--session', resume]),
    ...args,
  ],

  read(event, run) {
    run.session(textAt(event, 'sessionID'))
    const part = fieldsAt(event, 'part')
    switch (event.type) {
      case 'step_start':
        return run.resume()
      case 'text':
        return run.whole('text', textAt(part, 'text'), textAt(part, 'id'))
      case 'reasoning':
        return run.whole('thought', textAt(part, 'text'), textAt(part, 'id'))
      case 'tool_use':
        return readTool(part, run)
      case 'step_finish':
        return finishStep(textAt(part, 'reason'), run)
      case 'error':
        // An earlier success is no longer one.
        run.resume()
        return run.fail(
          textAt(event, 'error', 'data', 'message') ??
            textAt(event, 'error', 'message') ??
            textAt(event, 'error', 'name'),
        )
      default:
        return run.unknown(event)
    }
  },
}

export function opencodeAdapter(source: NodeJS.ProcessEnv): AgentAdapter {
  return headlessAdapter(opencode, source)
}

function readTool(part: Fields, run: HeadlessRun): void {
  const state = fieldsAt(part, 'state')
  const on = workedOn(fieldsAt(state, 'input')) || (textAt(state, 'title') ?? '')
  // A failed command is a completed call.
  const exitCode = numberAt(state, 'metadata', 'exit') ?? 0
  const hasFailed = state.status === 'error' || exitCode !== 0
  const output = textAt(state, 'error') ?? textAt(state, 'output') ?? ''
  const reason = exitCode === 0 ? output : `exit code ${exitCode}: ${output}`
  const status = hasFailed ? 'failed' : 'completed'
  run.tool({ id: textAt(part, 'callID'), title: textAt(part, 'tool') ?? undefined, on, status, reason })
}

function finishStep(reason: string | null, run: HeadlessRun): void {
  if (reason === 'stop') run.succeed()
  else if (reason === null || GOES_ON.has(reason)) run.resume()
  else run.endWith(`its last step ended with the reason ${reason}`)
}
