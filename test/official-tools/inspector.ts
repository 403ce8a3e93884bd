import { onTestFinished } from 'vitest'
import { statePaths } from '../../src/state/paths.js'
import { readOrCreateToken } from '../../src/state/token.js'
import { killAndWait } from '../helpers/end-daemon.js'
import { BIN, cleanEnvironment } from '../helpers/run-cli.js'
import type { Over, Place } from '../helpers/sdk-clients.js'
import { runInstalled } from './installed-programs.js'

/*
 * The inspector has two forms for the command line. `mcp-inspector --cli` connects, makes one request and ends; it has
 * no words for tasks/…. `mcpdo` keeps connections in a background process of its own, and has them.
 */

/** How the inspector is to reach the daemon, and by which revision's rules, in the inspector's words. */
export interface Connection {
  over: Over
  era: 'legacy' | 'modern'
}

/** Makes one request by a process and a connection of its own, and gives the result. */
export async function inspect<Result>(
  place: Place,
  { over, era }: Connection,
  method: string,
  ...args: string[]
): Promise<Result> {
  const target = over === 'HTTP' ? httpTarget(place) : [...stdioCommand(), ...stdioEnvironment(place)]
  const options = ['--protocol-era', era, '--stored-auth-only', '--format', 'json']
  const line = ['--cli', ...target, ...options, '--method', method, ...args]
  const printed = await runInstalled('mcp-inspector', line, environment(place))
  return (printed as { result: Result }).result
}

/** Calls a tool by a process and a connection of its own, and gives the structured content. */
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

/** Runs a command of mcpdo on a connection that is kept, and gives what it prints. */
export type Session = <Result>(...command: string[]) => Promise<Result>

/** Opens two connections that are kept until the test has ended: on each, mcpdo runs one command after another. */
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

/** Ends mcpdo's background process; what it has started for stdio ends with its input. */
async function endSessions(place: Place): Promise<void> {
  const { pid } = (await mcpdo(place, 'daemon', 'status')) as { pid?: number }
  if (pid !== undefined) await killAndWait(pid)
}

function mcpdo(place: Place, ...command: string[]): Promise<unknown> {
  return runInstalled('mcpdo', ['--format', 'json', '--stored-auth-only', ...command], environment(place))
}

/** Whatever the inspector writes lies under HOME, which is the test's directory. */
function environment({ stateDirectory }: Place): NodeJS.ProcessEnv {
  return cleanEnvironment(stateDirectory, { MCP_INSPECTOR_SECRET_STORE: 'file' })
}

function httpTarget({ url, stateDirectory }: Place): string[] {
  const { token } = readOrCreateToken(statePaths(stateDirectory).token)
  return ['--transport', 'http', '--server-url', url, '--header', `Authorization: Bearer ${token}`]
}

/** By the Node that runs the tests, for which the daemon was installed. */
function stdioCommand(): string[] {
  return [process.execPath, BIN, 'mcp']
}

function stdioEnvironment({ stateDirectory, env }: Place): string[] {
  const values = { ...env, SPOOLD_STATE_DIR: stateDirectory, SPOOLD_NO_SPAWN: '1' }
  return Object.entries(values).flatMap(([name, value]) => ['-e', `${name}=${value}`])
}
