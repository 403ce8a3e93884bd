import fc from 'fast-check'
import { argumentsFor, type Schema } from './arguments.js'
import { anyText } from './raw-json.js'

/** Commands that exit by themselves and, if no daemon can be started, change nothing unless they succeed. */
const HARMLESS = [
  ...['run', 'exec', 'ls', 'show', 'tail', 'respond', 'cancel', 'pin', 'unpin', 'purge', 'start', 'status'],
  ...['agents', 'token', 'db', 'config', 'help', 'search', 'stats', 'export'],
]
/** Commands that would keep running, stop the daemon or write files; they are only called with invalid options. */
const UNSAFE = ['serve', 'mcp', 'stop', 'restart', 'demo', 'init', 'doctor', 'service']
/** Twice, because an option before it may use the first as its value. */
const INVALID_OPTIONS = ['--no-such-option', '--no-such-option']

const FLAGS = [
  ...[
    '--json',
    '-a',
    '--all',
    '-d',
    '--detach',
    '--no-follow',
    '--from',
    '--ttl',
    '--timeout',
    '--older-than',
    '--since',
    '--limit',
    '--by',
  ],
  ...[
    '-s',
    '--session',
    '--status',
    '-m',
    '--model',
    '--agent',
    '-C',
    '--cwd',
    '--question',
    '-n',
    '--dry-run',
  ],
  ...['--config', '--no-spawn', '-p', '--port', '--host', '--help', '-h', '--version', '-V', '--', '--print'],
  ...[
    '--from=1e3',
    '--ttl=-1h',
    '--timeout=1e400s',
    '--port=-1',
    '--json=x',
    '--__proto__',
    '-',
    '---',
    '--=',
    '-🧵',
  ],
]
const VALUES = [
  '0',
  '-1',
  '5',
  '1e308',
  '30s',
  '2h',
  '0s',
  '99999999999d',
  '٣s',
  'pending',
  'constructor',
  'yes',
]

/** A command line (without the program's name): mostly a command with flags and values, in any order. */
export function anyCommandLine(taskId: string): fc.Arbitrary<string[]> {
  const word = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...FLAGS) },
    { weight: 2, arbitrary: fc.constantFrom(...VALUES) },
    { weight: 2, arbitrary: fc.constant(taskId) },
    { weight: 4, arbitrary: anyText },
    { weight: 1, arbitrary: anyText.map((text) => `--from=${text}`) },
  )
  const words = fc.array(word, { maxLength: 5 })
  const command = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...HARMLESS) },
    { weight: 1, arbitrary: anyText.filter((text) => !UNSAFE.includes(text)) },
  )
  return fc.oneof(
    { weight: 8, arbitrary: fc.tuple(command, words).map(([name, rest]) => [name, ...rest]) },
    // Without `--`, after which the invalid options would be arguments.
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...UNSAFE), words)
        .map(([name, rest]) => [name, ...rest.filter((given) => given !== '--'), ...INVALID_OPTIONS]),
    },
  )
}

const VARIABLES = [
  ...[
    'MAX_TASKS',
    'CONCURRENCY',
    'TASK_TTL',
    'CLEANUP_CRON',
    'TASK_TIMEOUT',
    'STALL_TIMEOUT',
    'OUTPUT_LIMIT',
  ],
  ...['HOST', 'PORT', 'DEFAULT_AGENT', 'ALLOWED_ROOTS', 'TOOL_PREFIX', 'KILL_GRACE', 'MAX_MESSAGE_BYTES'],
  ...['DURABILITY', 'LOG_LEVEL', 'CONFIG', 'NO_SPAWN', '__proto__', 'NO_SUCH'],
].map((name) => `SPOOLD_${name}`)

/**
 * Variables that an environment can contain: without NUL and lone surrogates. LANG is left out, because Node itself crashes
 * for some values (with characters above U+FFFF) before it runs any code of spoold.
 */
export const anyEnvironment: fc.Arbitrary<Record<string, string>> = fc.dictionary(
  fc.constantFrom(...VARIABLES, 'NO_COLOR', 'COLUMNS'),
  fc.oneof(anyText, fc.constantFrom(...VALUES)).map((text) => text.toWellFormed().replaceAll('\0', '')),
  { maxKeys: 3 },
)

const AGENT: Schema = {
  type: 'object',
  properties: {
    kind: { enum: ['command', 'acp', 'kiro', 'claude', 'module', 'constructor'] },
    argv: { type: 'array' },
    args: { type: 'array' },
    env: { type: 'object', properties: { NAME: { type: 'string' } } },
    model: { type: 'string' },
    timeoutSeconds: { type: 'integer' },
  },
}

const SETTINGS: Schema = {
  type: 'object',
  properties: {
    agents: { type: 'object', properties: { one: AGENT, ['__proto__']: AGENT } },
    allowedRoots: { type: 'array' },
    cleanupCron: { type: 'string' },
    defaultAgent: { enum: ['one', 'kiro', '__proto__'] },
    host: { enum: ['127.0.0.1', '::1', '0.0.0.0', 'localhost.evil.example'] },
    port: { type: 'integer', minimum: 0, maximum: 70_000 },
    taskTimeoutSeconds: { type: 'integer' },
    toolPrefix: { type: 'string' },
  },
}

/** The content of an almost valid config file. */
export const almostSettings: fc.Arbitrary<string> = argumentsFor(SETTINGS, {}).map(({ text }) => text)
