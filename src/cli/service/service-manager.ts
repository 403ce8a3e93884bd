import { userInfo } from 'node:os'
import { delimiter, isAbsolute } from 'node:path'
import { CERTIFICATES, PROXIES } from '../../agents/program/environment.js'
import { commandFile } from '../../client/command-file.js'
import { defaultConfigFile } from '../../config/config-file.js'
import { ENVIRONMENT } from '../../config/environment.js'
import { SpoolError } from '../../domain/errors.js'
import { defaultStateDirectory } from '../../state/paths.js'
import type { Globals } from '../global-options.js'

/** What the service is to run, and with which environment. */
export interface ServiceOrder {
  /** Absolute paths of Node and of the command, then the words after them. */
  argv: [node: string, command: string, ...string[]]
  environment: Record<string, string>
}

/** Where spoold and agents find their files; the paths are no secrets. */
const PLACES = ['XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', ...CERTIFICATES]

/**
 * The daemon with what this shell has in force: the state directory and the config file as arguments where the service would
 * not come to the same by itself, and of the environment PATH, paths of files and the settings of spoold. Keys and tokens of agents
 * are never among them, nor are proxies, whose addresses may hold a password. Throws SpoolError `invalid_input` for what cannot stand in a file of lines.
 *
 * @param home the home directory that the service manager knows
 */
export function serviceOrder({ env, paths, configFile }: Globals, home = userInfo().homedir): ServiceOrder {
  const environment = takenFrom(env, home)
  const own = { HOME: home, ...environment }
  const state = paths.root === defaultStateDirectory(own) ? [] : ['--state-dir', paths.root]
  const config = configFile ?? defaultConfigFile(env)
  const named = config === defaultConfigFile(own) ? [] : ['--config', config]
  const argv: ServiceOrder['argv'] = [
    process.execPath,
    commandFile(),
    'serve',
    ...state,
    ...named,
    '--log-file',
    paths.log,
  ]
  for (const text of [...argv, ...Object.values(environment)]) refuseControls(text)
  return { argv, environment }
}

function takenFrom(env: NodeJS.ProcessEnv, home: string): Record<string, string> {
  const settings = Object.values(ENVIRONMENT).map(({ variable }) => variable)
  const taken: Record<string, string> = {}
  const path = (env.PATH ?? '').split(delimiter).filter(isAbsolute).join(delimiter)
  if (path !== '') taken.PATH = path
  if (env.HOME && env.HOME !== home) taken.HOME = env.HOME
  for (const name of [...PLACES, ...settings]) {
    const value = env[name]
    if (value) taken[name] = value
  }
  return taken
}

function refuseControls(text: string): void {
  if (!/\p{Cc}/u.test(text)) return
  throw new SpoolError(
    'invalid_input',
    `${JSON.stringify(text)} has control characters, which a service cannot be given: use a value without them.`,
  )
}

/** What agents are signed in with, by its name. */
const KEY = /_(API_KEY|(AUTH|OAUTH|ACCESS)_TOKEN)$/

/** Names of this shell's variables that agents may need and that a service does not get: keys, proxies, their `passEnv`. */
export function notTaken(agents: Record<string, { passEnv: string[] }>, env: NodeJS.ProcessEnv): string[] {
  const wanted = new Set([...PROXIES, ...Object.values(agents).flatMap(({ passEnv }) => passEnv)])
  const taken = takenFrom(env, '')
  return Object.keys(env)
    .filter((name) => env[name] && !Object.hasOwn(taken, name) && (wanted.has(name) || KEY.test(name)))
    .sort()
}
