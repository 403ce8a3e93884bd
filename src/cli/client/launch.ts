import { existsSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import which from 'which'
import { commandFile } from '../../client/command-file.js'
import { defaultConfigFile } from '../../config/config-file.js'
import { defaultStateDirectory } from '../../state/paths.js'
import type { Globals } from '../global-options.js'

/** For all that a user does, or for one project. */
export type Scope = 'user' | 'project'

/** What a client is to start. */
export interface Launch {
  command: string
  args: string[]
}

/**
 * A client that was started from a menu has the PATH of the system, without what a shell's start files add: there the
 * name `spoold` means something only in these directories.
 */
const ON_EVERY_PATH: ReadonlySet<string> = new Set(
  process.platform === 'darwin' ? ['/usr/bin', '/bin'] : ['/usr/local/bin', '/usr/bin', '/bin'],
)

/**
 * How a client starts `spoold mcp` so that it speaks to the daemon that this command line speaks to. By name where that
 * is enough, else Node and the command by their paths. A project's file is for others too, who have other paths: there
 * the name is enough where this shell finds it.
 */
export async function launchFor(globals: Globals, scope: Scope): Promise<Launch> {
  const args = ['mcp', ...whichDaemon(globals)]
  const node = await nodeByName(globals.env)
  const found = await findThisCommand(globals.env)
  const isEnough = found !== null && (scope === 'project' || isOnEveryPath(found, node))
  if (isEnough) return { command: 'spoold', args }
  return { command: node ?? process.execPath, args: [commandFile(), ...args] }
}

/** Whether this command runs from where npx keeps what it fetched, and may not be there tomorrow. */
export function isFromNpx(): boolean {
  return commandFile().includes('/_npx/')
}

/** The arguments for what the environment of this shell says, since a client has another one. */
function whichDaemon({ env, paths, configFile }: Globals): string[] {
  const bare = env.HOME === undefined ? {} : { HOME: env.HOME }
  const config = configFile ?? defaultConfigFile(env)
  const isNamed = configFile !== undefined || Boolean(env.SPOOLD_CONFIG)
  const isElsewhere = config !== defaultConfigFile(bare) && (isNamed || existsSync(config))
  return [
    ...(paths.root === defaultStateDirectory(bare) ? [] : ['--state-dir', paths.root]),
    ...(isElsewhere ? ['--config', config] : []),
  ]
}

/** `spoold` on PATH, where that is the command that runs now. */
async function findThisCommand(env: NodeJS.ProcessEnv): Promise<string | null> {
  const found = await onPath('spoold', env)
  return found !== null && realpathSync(found) === realpathSync(commandFile()) ? found : null
}

/** The Node that runs now, by the path on PATH: mostly a link, which stays when Node is replaced by a newer one. */
async function nodeByName(env: NodeJS.ProcessEnv): Promise<string | null> {
  const found = await onPath('node', env)
  return found !== null && realpathSync(found) === realpathSync(process.execPath) ? found : null
}

async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  const found = await which(name, { nothrow: true, path: env.PATH ?? '' })
  return found === null ? null : resolve(found)
}

/** The command is a script that looks for Node on PATH itself. */
function isOnEveryPath(command: string, node: string | null): boolean {
  return node !== null && [command, node].every((path) => ON_EVERY_PATH.has(dirname(path)))
}
