import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAgentRegistry } from '../../src/agents/registry.js'
import type { AgentSettings, Launch } from '../../src/domain/adapter.js'
import { SpoolError } from '../../src/domain/errors.js'
import { agentSettings, runLaunch, turnOf } from '../agents/launch.js'
import { tempDirectory } from '../helpers/temp-state.js'

const binary = fileURLToPath(new URL('../fixtures/argument-printer', import.meta.url))

/** Messages that a program could mistake for something else than text. */
const HOSTILE = [
  ...['--dangerously-skip-permissions', '-p', '--', '-', '--model=other', '--resume', '-c', '--help'],
  ...[
    '{message}',
    '{session_id}',
    '{message}{message}',
    '$(id)',
    '`id`',
    '"; id; "',
    "'; id; '",
    '$HOME',
    '*',
    '~',
  ],
  ...[
    '\n--yolo',
    'a\n--yolo\nb',
    '\t-x',
    ' -x',
    '\u200b--x',
    '–-x',
    '\r\n-x',
    '@/etc/passwd',
    '!ls',
    '/exit',
  ],
]

const SIGNED_IN = {
  ...{ KIRO_API_KEY: 'x', ANTHROPIC_API_KEY: 'x', CODEX_API_KEY: 'x', GEMINI_API_KEY: 'x', GH_TOKEN: 'x' },
}

/** Each kind that has a command line, with the argument printer as its program. */
const KINDS: [string, AgentSettings][] = [
  ...['kiro', 'claude', 'codex', 'gemini', 'opencode', 'copilot'].map((kind): [string, AgentSettings] => [
    kind,
    agentSettings({ kind, binary, env: SIGNED_IN }),
  ]),
  ['command', command(['x', '--ask', '{message}', '--in={session_id}'])],
  ['command with an option', command(['x', '--ask={message}'])],
  ['command after --', command(['x', '--', '{message}'])],
  ['command by stdin', { ...command(['x']), input: 'stdin' }],
  ['acp', agentSettings({ kind: 'acp', binary, argv: ['x', '--acp'] })],
]

function command(argv: [string, ...string[]]): AgentSettings {
  return agentSettings({ kind: 'command', binary, argv })
}

async function launchOf(
  settings: AgentSettings,
  turn: { message?: string; model?: string; agentSessionId?: string },
): Promise<Launch | SpoolError> {
  const registry = createAgentRegistry({ one: settings }, { environment: { PATH: process.env.PATH } })
  try {
    return await registry.find('one').adapter.prepare(turnOf(settings, turn), new AbortController().signal)
  } catch (error) {
    if (error instanceof SpoolError) return error
    throw error
  }
}

const PLAIN_MESSAGE = 'only words'

/** The arguments that a program reads as options. */
function optionsOf(argv: readonly string[]): string[] {
  const end = argv.indexOf('--')
  return argv.slice(1, end < 0 ? undefined : end).filter((argument) => argument.startsWith('-'))
}

/** A message adds no option to those of a plain message; it may only be the value in `--option=value`. */
function expectNoOption(launch: Launch | SpoolError, plain: Launch, message: string): void {
  if (launch instanceof SpoolError) {
    expect(launch.code).toBe('invalid_input')
    return
  }
  const allowed = optionsOf(plain.argv).map((option) => option.replace(PLAIN_MESSAGE, () => message))
  for (const option of optionsOf(launch.argv)) {
    expect(allowed).toContain(option)
    allowed.splice(allowed.indexOf(option), 1)
  }
}

describe.each(KINDS)('kind %s', (_, settings) => {
  test('never passes a message as an option', async () => {
    const plain = await launchOf(settings, { message: PLAIN_MESSAGE })
    if (plain instanceof SpoolError) throw plain
    const messages = fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: 'binary' }),
      fc.string().map((text) => `-${text}`),
    )
    await fc.assert(
      fc.asyncProperty(
        messages.filter((text) => text.trim() !== '' && !text.includes('\0')),
        async (message) => expectNoOption(await launchOf(settings, { message }), plain, message),
      ),
    )
  })

  test('passes each argument to the program unchanged', async () => {
    for (const message of HOSTILE) {
      const launch = await launchOf(settings, { message })
      if (launch instanceof SpoolError || launch.input.is === 'dialogue') continue
      const { out } = await runLaunch(launch)
      expect(out.toString()).toBe(
        launch.argv
          .slice(1)
          .map((argument) => `<${argument}>`)
          .join(''),
      )
    }
  })

  test('never passes a model or a conversation id as an option', async () => {
    for (const name of ['--dangerously-skip-permissions', '-x', '--']) {
      for (const turn of [{ model: name }, { agentSessionId: name }]) {
        const launch = await launchOf(settings, turn)
        if (launch instanceof SpoolError) expect(launch.code).toBe('invalid_input')
        else expect(launch.argv).toEqual(((await launchOf(settings, {})) as Launch).argv)
      }
    }
  })
})

test('a module never gets message, model or conversation id as arguments', async () => {
  const module = join(tempDirectory('module'), 'agent.mjs')
  writeFileSync(module, '')
  const settings = agentSettings({ kind: 'module', module })
  const plain = (await launchOf(settings, {})) as Launch
  for (const message of [...HOSTILE, '\0']) {
    const launch = (await launchOf(settings, { message, model: '--x', agentSessionId: '--y' })) as Launch
    expect(launch.argv).toEqual(plain.argv)
  }
})
