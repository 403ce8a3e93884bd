import { existsSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import which from 'which'
import { commandFile } from '../../client/command-file.js'
import { defaultConfigFile } from '../../config/config-file.js'
import { defaultStateDirectory } from '../../state/paths.js'
import type { Globals } from '../global-options.js'

/** The configuration of a user or of a project. */
export type Scope = 'user' | 'project'

/** The command that a client starts. */
export interface Launch {
  command: string
  args: string[]
}

/**
 * A client that is started from a menu has the system's PATH without the additions of shell profiles, so it finds
 * `spoold` by name only in these directories.
 */
const ON_EVERY_PATH: ReadonlySet<string> = new Set(
  process.platform === 'darwin' ? ['/usr/bin', '/bin'] : ['/usr/local/bin', '/usr/bin', '/bin'],
)

/**
 * The command that starts `spoold mcp` with the daemon of this command line: by name if clients find it, otherwise by the
 * paths of Node and the command. The file of a project is shared with others who have other paths, so there the name is used
 * if this shell finds it.
 */
export async function launchFor(globals: Globals, scope: Scope): Promise<Launch> {
  const args = ['mcp', ...daemonArguments(globals)]
  const node = await nodeByName(globals.env)
  const found = await ownCommandOnPath(globals.env)
  const isEnough = found !== null && (scope === 'project' || isOnEveryPath(found, node))
  if (isEnough) return { command: 'spoold', args }
  return { command: node ?? process.execPath, args: [commandFile(), ...args] }
}

/** Whether this command runs from the cache of npx, which may be removed. */
export function isFromNpx(): boolean {
  return commandFile().includes('/_npx/')
}

/** Arguments for settings from this shell's environment, because clients have another one. */
function daemonArguments({ env, paths, configFile }: Globals): string[] {
  const bare = env.HOME === undefined ? {} : { HOME: env.HOME }
  const config = configFile ?? defaultConfigFile(env)
  const isNamed = configFile !== undefined || Boolean(env.SPOOLD_CONFIG)
  const isOther = config !== defaultConfigFile(bare) && (isNamed || existsSync(config))
  return [
    ...(paths.root === defaultStateDirectory(bare) ? [] : ['--state-dir', paths.root]),
    ...(isOther ? ['--config', config] : []),
  ]
}

/** `spoold` on PATH, if it is this command. */
async function ownCommandOnPath(env: NodeJS.ProcessEnv): Promise<string | null> {
  const found = await onPath('spoold', env)
  return found !== null && realpathSync(found) === realpathSync(commandFile()) ? found : null
}

/** The path of this Node on PATH: usually a link that stays valid when Node is upgraded. */
async function nodeByName(env: NodeJS.ProcessEnv): Promise<string | null> {
  const found = await onPath('node', env)
  return found !== null && realpathSync(found) === realpathSync(process.execPath) ? found : null
}

async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  const found = await which(name, { nothrow: true, path: env.PATH ?? '' })
  return found === null ? null : resolve(found)
}

/** The command is a script that finds Node by PATH, so both are needed. */
function isOnEveryPath(command: string, node: string | null): boolean {
  return node !== null && [command, node].every((path) => ON_EVERY_PATH.has(dirname(path)))
}
