import type { AgentAdapter } from '../domain/adapter.js'
import { headlessAdapter } from './headless/adapter.js'
import { type Fields, fieldsAt, numberAt, textAt } from './headless/event-fields.js'
import type { HeadlessKind } from './headless/kind.js'
import type { HeadlessRun } from './headless/run.js'
import { workedOn } from './output/tool-line.js'
import { ownDirectory } from './program/sign-in.js'

/**
 * Kind `copilot`: `copilot --output-format json`. The events are the session events of its SDK
 * (https://docs.github.com/en/copilot/how-tos/copilot-sdk/use-copilot-sdk/streaming-events), each `{type, data}`, and
 * at the end one `result` with its fields next to the type.
 */
const copilot: HeadlessKind = {
  kind: 'copilot',
  title: 'Copilot CLI',
  program: 'copilot',
  install: 'install the Copilot CLI (https://docs.github.com/en/copilot/how-tos/copilot-cli)',
  variables: {
    pass: [
      ...['COPILOT_GITHUB_TOKEN', 'COPILOT_HOME', 'COPILOT_MODEL', 'GH_HOST', 'GH_TOKEN', 'GITHUB_TOKEN'],
      // Another provider of models than GitHub (`copilot help providers`).
      ...[
        'COPILOT_OFFLINE',
        'COPILOT_PROVIDER_API_KEY',
        'COPILOT_PROVIDER_BASE_URL',
        'COPILOT_PROVIDER_BEARER_TOKEN',
      ],
      ...['COPILOT_PROVIDER_MODEL_ID', 'COPILOT_PROVIDER_TYPE', 'COPILOT_PROVIDER_WIRE_API'],
      'COPILOT_PROVIDER_WIRE_MODEL',
    ],
    // An update during a task would replace the running program.
    set: { COPILOT_AUTO_UPDATE: 'false' },
  },
  signIn: {
    keys: ['COPILOT_GITHUB_TOKEN', 'COPILOT_PROVIDER_BASE_URL', 'GH_TOKEN', 'GITHUB_TOKEN'],
    // The token is in the keychain or comes from the GitHub CLI, so a missing sign-in cannot be detected.
    files: (env) => [
      {
        path: `${ownDirectory(env, 'COPILOT_HOME', '.copilot')}/config.json`,
        holds: /"logged_?in_?users"\s*:\s*\[\s*\{/i,
      },
    ],
    remedy: 'Run `copilot login`, or set COPILOT_GITHUB_TOKEN in the agent\'s "env" or "passEnv".',
  },

  messageArguments: (message) => ['-p', message],
  arguments: ({ model, resume, allow, args }) => [
    ...['--output-format', 'json'],
    ...(allow ? ['--allow-all-tools'] : []),
    ...(model === null ? [] : ['--model', model]),
    ...(resume === null ? [] : [`--resume=${resume}`]),
    ...args,
  ],

  read(event, run) {
    const data = fieldsAt(event, 'data')
    if (isOfSubagent(event)) return
    run.session(textAt(event, 'sessionId') ?? textAt(data, 'sessionId'))
    switch (event.type) {
      case 'assistant.message_delta':
        return run.delta('text', textAt(data, 'deltaContent'), textAt(data, 'messageId'))
      case 'assistant.message':
        return run.whole('text', textAt(data, 'content'), textAt(data, 'messageId'))
      case 'assistant.reasoning_delta':
        return run.delta('thought', textAt(data, 'deltaContent'), textAt(data, 'reasoningId'))
      case 'assistant.reasoning':
        return run.whole('thought', textAt(data, 'content'), textAt(data, 'reasoningId'))
      case 'tool.execution_start': {
        const title = textAt(data, 'toolName') ?? undefined
        const on = workedOn(fieldsAt(data, 'arguments'))
        return run.tool({ id: textAt(data, 'toolCallId'), title, on, status: 'in_progress' })
      }
      case 'tool.execution_complete': {
        const status = data.success === false ? 'failed' : 'completed'
        const reason = textAt(data, 'error', 'message') ?? textAt(data, 'result', 'content') ?? ''
        return run.tool({ id: textAt(data, 'toolCallId'), status, reason })
      }
      case 'session.warning':
        return run.diagnostic(textAt(data, 'message'))
      case 'session.error':
        return run.fail(textAt(data, 'message'))
      case 'result':
        return finish(numberAt(event, 'exitCode'), run)
      default:
        return run.unknown(event)
    }
  },
}

export function copilotAdapter(source: NodeJS.ProcessEnv): AgentAdapter {
  return headlessAdapter(copilot, source)
}

function finish(exitCode: number | null, run: HeadlessRun): void {
  if (exitCode === 0) run.succeed()
  else run.endWith(run.facts.error ?? `its result has the exit code ${exitCode ?? 'unknown'}`)
}

/** Output of subagents belongs to the tool call that started them. */
function isOfSubagent(event: Fields): boolean {
  return textAt(event, 'agentId') !== null || textAt(event, 'data', 'parentToolCallId') !== null
}
