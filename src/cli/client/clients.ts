import { homedir } from 'node:os'
import { join } from 'node:path'
import { isObject } from '../../domain/json.js'
import { type Entry, type Value, valueAt } from './entry.js'
import type { Launch } from './launch.js'

export interface Client {
  title: string
  format: 'json' | 'toml'
  /** Programs that show that it is installed. */
  programs: string[]
  /** Its directory, which also shows that it is installed. */
  home(places: Places): string
  /** Absolute paths of its files: the first existing one is used, otherwise the first. */
  userFiles(places: Places): string[]
  /** The same for a project, relative to its directory. */
  projectFiles: string[]
  /** Path of keys to its servers, in a file with these values. */
  servers(values: Record<string, unknown>): string[]
  entry(launch: Launch, servers: string[]): Entry
}

/** What the directories of clients depend on. */
export interface Places {
  env: NodeJS.ProcessEnv
  platform: NodeJS.Platform
}

/** The name of the entry. */
export const ENTRY_NAME = 'spoold'

/**
 * Time limit of a tool call in seconds, for clients whose default may be less than the 50 s that a call of spoold can wait.
 * New versions of Codex have the same default, older ones a minute.
 */
const CALL_SECONDS = 300

/**
 * The supported clients, by their names on the command line. Sources of the files and the form of entries:
 *
 * - kiro: kiro.dev/docs/mcp/configuration and kiro.dev/docs/cli/mcp/configuration
 * - claude: code.claude.com/docs/en/mcp; .claude.json is in CLAUDE_CONFIG_DIR where that is set
 * - vscode: code.visualstudio.com/docs/copilot/reference/mcp-configuration
 * - cursor: cursor.com/docs/mcp
 * - codex: developers.openai.com/codex/mcp
 * - gemini: geminicli.com/docs/tools/mcp-server; a call may take 10 minutes by default
 * - opencode: opencode.ai/docs/mcp-servers; version 2 also reads entries of version 1, and has its own location
 */
export const CLIENTS: Readonly<Record<string, Client>> = {
  kiro: {
    title: 'Kiro',
    format: 'json',
    programs: ['kiro', 'kiro-cli'],
    home: (places) => join(home(places), '.kiro'),
    userFiles: (places) => [join(home(places), '.kiro', 'settings', 'mcp.json')],
    projectFiles: [join('.kiro', 'settings', 'mcp.json')],
    servers: () => ['mcpServers'],
    entry: plainEntry,
  },
  claude: {
    title: 'Claude Code',
    format: 'json',
    programs: ['claude'],
    home: (places) => places.env.CLAUDE_CONFIG_DIR || join(home(places), '.claude'),
    userFiles: (places) => [join(places.env.CLAUDE_CONFIG_DIR || home(places), '.claude.json')],
    projectFiles: ['.mcp.json'],
    servers: () => ['mcpServers'],
    entry: typedEntry,
  },
  vscode: {
    title: 'VS Code',
    format: 'json',
    programs: ['code'],
    home: (places) => join(applicationSettings(places), 'Code'),
    userFiles: (places) => [join(applicationSettings(places), 'Code', 'User', 'mcp.json')],
    projectFiles: [join('.vscode', 'mcp.json')],
    servers: () => ['servers'],
    entry: typedEntry,
  },
  cursor: {
    title: 'Cursor',
    format: 'json',
    programs: ['cursor', 'cursor-agent'],
    home: (places) => join(home(places), '.cursor'),
    userFiles: (places) => [join(home(places), '.cursor', 'mcp.json')],
    projectFiles: [join('.cursor', 'mcp.json')],
    servers: () => ['mcpServers'],
    entry: plainEntry,
  },
  codex: {
    title: 'Codex',
    format: 'toml',
    programs: ['codex'],
    home: codexHome,
    userFiles: (places) => [join(codexHome(places), 'config.toml')],
    projectFiles: [join('.codex', 'config.toml')],
    servers: () => ['mcp_servers'],
    entry: ({ command, args }) => ({ own: { command, args }, defaults: { tool_timeout_sec: CALL_SECONDS } }),
  },
  gemini: {
    title: 'Gemini CLI',
    format: 'json',
    programs: ['gemini'],
    home: (places) => join(home(places), '.gemini'),
    userFiles: (places) => [join(home(places), '.gemini', 'settings.json')],
    projectFiles: [join('.gemini', 'settings.json')],
    servers: () => ['mcpServers'],
    entry: plainEntry,
  },
  opencode: {
    title: 'opencode',
    format: 'json',
    programs: ['opencode'],
    home: (places) => join(userSettings(places), 'opencode'),
    userFiles: (places) => opencodeFiles(join(userSettings(places), 'opencode')),
    projectFiles: opencodeFiles(''),
    // An entry of version 1 would conflict with servers in the form of version 2.
    servers: (values) => (isObject(valueAt(values, OPENCODE_2)) ? OPENCODE_2 : ['mcp']),
    entry: opencodeEntry,
  },
}

const OPENCODE_2 = ['mcp', 'servers']

function plainEntry({ command, args }: Launch): Entry {
  return { own: { command, args }, defaults: {} }
}

function typedEntry({ command, args }: Launch): Entry {
  return { own: { type: 'stdio', command, args }, defaults: {} }
}

function opencodeEntry({ command, args }: Launch, servers: string[]): Entry {
  const own = { type: 'local', command: [command, ...args] }
  const limit = CALL_SECONDS * 1000
  const defaults: Record<string, Value> =
    servers === OPENCODE_2 ? { timeout: { request: limit } } : { enabled: true, timeout: limit }
  return { own, defaults }
}

function opencodeFiles(directory: string): string[] {
  return [join(directory, 'opencode.json'), join(directory, 'opencode.jsonc')]
}

function home({ env }: Places): string {
  return env.HOME || homedir()
}

function codexHome(places: Places): string {
  return places.env.CODEX_HOME || join(home(places), '.codex')
}

function userSettings(places: Places): string {
  return places.env.XDG_CONFIG_HOME || join(home(places), '.config')
}

/** Settings directory of desktop applications. */
function applicationSettings(places: Places): string {
  return places.platform === 'darwin'
    ? join(home(places), 'Library', 'Application Support')
    : userSettings(places)
}
