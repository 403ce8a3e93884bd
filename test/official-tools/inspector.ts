import { onTestFinished } from 'vitest'
import { statePaths } from '../../src/state/paths.js'
import { readOrCreateToken } from '../../src/state/token.js'
import { killAndWait } from '../helpers/end-daemon.js'
import { BIN, cleanEnvironment } from '../helpers/run-cli.js'
import type { Over, Place } from '../helpers/sdk-clients.js'
import { runInstalled } from './installed-programs.js'

/*
 * The inspector has two commands. `mcp-inspector --cli` connects, makes one request and exits; it does not support
 * tasks/…. `mcpdo` keeps connections in a background process, and supports them.
 */

/** How the inspector connects to the daemon, and its name for the protocol revision. */
export interface Connection {
  over: Over
  era: 'legacy' | 'modern'
}

/** Makes one request in a new process with a new connection, and resolves with the result. */
export async function inspect<Result>(
  place: Place,
  { over, era }: Connection,
  method: string,
  ...args: string[]
): Promise<Result> {
  const target = over === 'HTTP' ? httpTarget(place) : [...stdioCommand(), ...stdioEnvironment(place)]
  const options = ['--protocol-era', era, '--stored-auth-only', '--format', 'json']
  const line = ['--cli', ...target, ...options, '--method', method, ...args]
  const output = await runInstalled('mcp-inspector', line, environment(place))
  return (output as { result: Result }).result
}

/** Calls a tool in a new process with a new connection, and resolves with the structured content. */
export async function inspectTool<Structured>(
  place: Place,
  connection: Connection,
  tool: string,
  input: object,
): Promise<Structured> {
  const args = ['--tool-name', tool, '--tool-args-json', JSON.stringify(input)]
  const result = await inspect<ToolResult<Structured>>(place, connection, 'tools/call', ...args)
  return result.structuredContent
}

export interface ToolResult<Structured> {
  content: { type: string; text?: string }[]
  structuredContent: Structured
}

/** Runs a command of mcpdo on an open connection, and resolves with its output. */
export type Session = <Result>(...command: string[]) => Promise<Result>

/** Opens two connections until the end of the test; mcpdo runs one command after another on each. */
export async function openSessions(place: Place, connection: Connection): Promise<[Session, Session]> {
  onTestFinished(() => endSessions(place))
  const first = await openSession(place, connection, 'first')
  return [first, await openSession(place, connection, 'second')]
}

async function openSession(place: Place, { over, era }: Connection, name: string): Promise<Session> {
  const target =
    over === 'HTTP'
      ? httpTarget(place)
      : [...stdioEnvironment(place), '--transport', 'stdio', '--', ...stdioCommand()]
  const opened = await mcpdo(place, 'connect', `@${name}`, '--era', era, ...target)
  if ((opened as { protocolEra?: string }).protocolEra !== era) throw new Error(JSON.stringify(opened))
  return async <Result>(...command: string[]) =>
    (await mcpdo(place, '--connection', name, ...command)) as Result
}

/** Ends mcpdo's background process; the processes that it started for stdio exit at the end of their input. */
async function endSessions(place: Place): Promise<void> {
  const { pid } = (await mcpdo(place, 'daemon', 'status')) as { pid?: number }
  if (pid !== undefined) await killAndWait(pid)
}

function mcpdo(place: Place, ...command: string[]): Promise<unknown> {
  return runInstalled('mcpdo', ['--format', 'json', '--stored-auth-only', ...command], environment(place))
}

/** The inspector writes only below HOME, which is the test's directory. */
function environment({ stateDirectory }: Place): NodeJS.ProcessEnv {
  return cleanEnvironment(stateDirectory, { MCP_INSPECTOR_SECRET_STORE: 'file' })
}

function httpTarget({ url, stateDirectory }: Place): string[] {
  const { token } = readOrCreateToken(statePaths(stateDirectory).token)
  return ['--transport', 'http', '--server-url', url, '--header', `Authorization: Bearer ${token}`]
}

/** With the Node that runs the tests; better-sqlite3 was built for it. */
function stdioCommand(): string[] {
  return [process.execPath, BIN, 'mcp']
}

function stdioEnvironment({ stateDirectory, env }: Place): string[] {
  const values = { ...env, SPOOLD_STATE_DIR: stateDirectory, SPOOLD_NO_SPAWN: '1' }
  return Object.entries(values).flatMap(([name, value]) => ['-e', `${name}=${value}`])
}
