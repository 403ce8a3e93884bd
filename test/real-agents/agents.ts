import type { Capability } from './capabilities.js'
import type { Step } from './model-server/script.js'

/** Where an agent runs: everything of it is inside of its home directory. */
export interface Place {
  home: string
  /** The fake model server, as http://127.0.0.1:PORT */
  modelUrl: string
}

/** One agent program in one way of speaking to it. */
export interface RealAgent {
  name: string
  /** The folder below programs/ that installs it. */
  programs: 'first' | 'more'
  /** As in the config file, without what `place` adds. */
  config: { kind: string; argv?: string[] }
  /** Variables that point it at the fake model and keep it off the network. */
  env(place: Place): Record<string, string>
  /** Files below its home directory. */
  files(place: Place): Record<string, string>
  /** How the model asks for a shell command. */
  shell(command: string): Step
  /** Why a test of this agent cannot be: a sentence for the table. */
  cannot: Partial<Record<Capability, string>>
  /** It says a failure of its model as its answer, and ends the turn as done. */
  respondsWithErrors?: true
  /** What has to be waited for before a second task can resume the conversation of the first. */
  untilResumable?: () => Promise<void>
}

const WHOLE_MESSAGES = 'it prints whole messages only'
const CANNOT_ASK = 'it cannot ask while it works'

const gemini = {
  programs: 'first',
  env: ({ modelUrl }) => ({
    GEMINI_API_KEY: 'none',
    GOOGLE_GEMINI_BASE_URL: modelUrl,
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
    GEMINI_TELEMETRY_ENABLED: 'false',
  }),
  files: () => ({
    '.gemini/settings.json': JSON.stringify({
      security: { auth: { selectedType: 'gemini-api-key' } },
      telemetry: { enabled: false },
      general: { enableAutoUpdate: false },
    }),
  }),
  shell: (command) => ({
    does: 'call',
    tool: 'run_shell_command',
    input: { command, description: 'A command of the test' },
  }),
} satisfies Partial<RealAgent>

const opencode = {
  programs: 'first',
  env: ({ home }) => ({
    OPENCODE_CONFIG: `${home}/opencode.json`,
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
  }),
  files: ({ modelUrl }) => ({
    'opencode.json': JSON.stringify({
      model: 'fake/fake',
      small_model: 'fake/fake',
      autoupdate: false,
      share: 'disabled',
      // It allows itself everything where nothing is said.
      permission: { bash: 'ask', edit: 'ask' },
      provider: {
        fake: {
          npm: '@ai-sdk/openai-compatible',
          name: 'Fake',
          options: { baseURL: `${modelUrl}/v1`, apiKey: 'none' },
          models: { fake: { name: 'Fake', tool_call: true, limit: { context: 100_000, output: 10_000 } } },
        },
      },
    }),
  }),
  shell: (command) => ({
    does: 'call',
    tool: 'bash',
    input: { command, description: 'A command of the test' },
  }),
} satisfies Partial<RealAgent>

const copilot = {
  programs: 'more',
  env: ({ modelUrl }) => ({
    COPILOT_PROVIDER_BASE_URL: `${modelUrl}/v1`,
    COPILOT_PROVIDER_API_KEY: 'none',
    COPILOT_MODEL: 'fake',
    COPILOT_OFFLINE: 'true',
  }),
  files: () => ({}),
  shell: (command) => ({
    does: 'call',
    tool: 'bash',
    input: { command, description: 'A command of the test' },
  }),
} satisfies Partial<RealAgent>

export const REAL_AGENTS: RealAgent[] = [
  { ...gemini, name: 'gemini', config: { kind: 'gemini' }, cannot: { permission: CANNOT_ASK } },
  {
    ...gemini,
    name: 'gemini over ACP',
    config: { kind: 'acp', argv: ['gemini', '--acp'] },
    cannot: {},
    untilResumable: nextMinute,
  },
  {
    ...opencode,
    name: 'opencode',
    config: { kind: 'opencode' },
    cannot: { stream: WHOLE_MESSAGES, permission: CANNOT_ASK },
  },
  {
    ...opencode,
    name: 'opencode over ACP',
    config: { kind: 'acp', argv: ['opencode', 'acp'] },
    cannot: {},
  },
  {
    name: 'codex',
    programs: 'more',
    config: { kind: 'codex' },
    env: () => ({ FAKE_KEY: 'none' }),
    files: ({ modelUrl }) => ({
      '.codex/config.toml': [
        'model = "fake"',
        'model_provider = "fake"',
        'check_for_update_on_startup = false',
        '[analytics]',
        'enabled = false',
        '[model_providers.fake]',
        'name = "Fake"',
        `base_url = "${modelUrl}/v1"`,
        'wire_api = "responses"',
        'env_key = "FAKE_KEY"',
        '',
      ].join('\n'),
    }),
    shell: (cmd) => ({ does: 'call', tool: 'exec_command', input: { cmd } }),
    cannot: { stream: WHOLE_MESSAGES, permission: CANNOT_ASK },
  },
  {
    name: 'claude',
    programs: 'more',
    config: { kind: 'claude' },
    env: ({ modelUrl }) => ({
      ANTHROPIC_BASE_URL: modelUrl,
      ANTHROPIC_API_KEY: 'none',
      ANTHROPIC_MODEL: 'claude-fake',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      // As root it works without asking only where it is told that nothing can be broken.
      IS_SANDBOX: '1',
    }),
    files: () => ({}),
    shell: (command) => ({
      does: 'call',
      tool: 'Bash',
      input: { command, description: 'A command of the test' },
    }),
    cannot: { permission: CANNOT_ASK },
  },
  { ...copilot, name: 'copilot', config: { kind: 'copilot' }, cannot: { permission: CANNOT_ASK } },
  {
    ...copilot,
    name: 'copilot over ACP',
    config: { kind: 'acp', argv: ['copilot', '--acp', '--stdio'] },
    cannot: {},
    respondsWithErrors: true,
  },
]

/** Agents that are supported and were not run, with the reason, for the table. */
export const NOT_RUN: { name: string; why: string }[] = [
  { name: 'claude over ACP', why: 'its ACP adapter needs Node 22' },
  { name: 'codex over ACP', why: 'its ACP adapter installs a second Codex of 400 MB' },
  { name: 'kiro', why: 'it can only be installed from its own site; the tests use a fake program' },
]

/**
 * Gemini over ACP names the file of a conversation by its id and the minute: within the minute in which the conversation
 * was begun, session/load writes an empty one over it, and then finds none.
 */
async function nextMinute(): Promise<void> {
  const next = new Date()
  next.setSeconds(60, 0)
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, next.getTime() - Date.now()) + 100))
}
