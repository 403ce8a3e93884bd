import type { AgentAdapter } from '../domain/adapter.js'
import { headlessAdapter } from './headless/adapter.js'
import { fieldsAt, textAt } from './headless/event-fields.js'
import type { HeadlessKind } from './headless/kind.js'
import { workedOn } from './output/tool-line.js'
import { ownDirectory } from './program/sign-in.js'

/**
 * Kind `gemini`: `gemini --output-format stream-json`. The events are those of JsonStreamEventType in its repository
 * (packages/core/src/output/types.ts): init, message, tool_use, tool_result, error, result. Thoughts are not reported.
 */
const gemini: HeadlessKind = {
  kind: 'gemini',
  title: 'Gemini CLI',
  program: 'gemini',
  install: 'install the Gemini CLI (https://geminicli.com/docs/get-started/installation/)',
  variables: {
    pass: [
      ...['GEMINI_API_KEY', 'GEMINI_MODEL', 'GEMINI_CLI_HOME', 'GEMINI_CLI_TRUST_WORKSPACE'],
      ...[
        'GOOGLE_API_KEY',
        'GOOGLE_APPLICATION_CREDENTIALS',
        'GOOGLE_CLOUD_LOCATION',
        'GOOGLE_CLOUD_PROJECT',
      ],
      ...['GOOGLE_GEMINI_BASE_URL', 'GOOGLE_GENAI_USE_GCA', 'GOOGLE_GENAI_USE_VERTEXAI'],
    ],
  },
  signIn: {
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENAI_USE_VERTEXAI'],
    // A key can also be in .env files of the project, so a missing sign-in cannot be detected.
    files: (env) => [{ path: `${ownDirectory(env, 'GEMINI_CLI_HOME', '')}/.gemini/oauth_creds.json` }],
    remedy: 'Run `gemini` and sign in there, or set GEMINI_API_KEY in the agent\'s "env" or "passEnv".',
  },
  // It reads only this much of standard input.
  maxMessageBytes: 8 * 1024 * 1024,

  // Without a prompt among its arguments and without a terminal, the prompt is standard input.
  arguments: ({ model, resume, allow, args }) => [
    ...['--output-format', 'stream-json'],
    ...(allow ? ['--approval-mode', 'yolo'] : []),
    ...(model === null ? [] : ['--model', model]),
    ...(resume === null ? [] : ['--resume', resume]),
    ...args,
  ],

  read(event, run) {
    switch (event.type) {
      case 'init':
        return run.session(textAt(event, 'session_id'))
      case 'message':
        return event.role === 'assistant' ? run.text(textAt(event, 'content')) : undefined
      case 'tool_use': {
        const title = textAt(event, 'tool_name') ?? undefined
        const on = workedOn(fieldsAt(event, 'parameters'))
        return run.tool({ id: textAt(event, 'tool_id'), title, on, status: 'in_progress' })
      }
      case 'tool_result': {
        const status = event.status === 'error' ? 'failed' : 'completed'
        const reason = textAt(event, 'error', 'message') ?? textAt(event, 'output') ?? ''
        return run.tool({ id: textAt(event, 'tool_id'), status, reason })
      }
      case 'error':
        if (event.severity === 'warning') return run.diagnostic(textAt(event, 'message'))
        return run.fail(textAt(event, 'message'))
      case 'result':
        if (event.status === 'success') return run.succeed()
        return run.endWith(textAt(event, 'error', 'message'))
      default:
        return run.unknown(event)
    }
  },
}

export function geminiAdapter(source: NodeJS.ProcessEnv): AgentAdapter {
  return headlessAdapter(gemini, source)
}
