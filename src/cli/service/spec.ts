import { userInfo } from 'node:os'
import { delimiter, isAbsolute } from 'node:path'
import { CERTIFICATES, PROXIES } from '../../agents/program/environment.js'
import { commandFile } from '../../client/command-file.js'
import { defaultConfigFile } from '../../config/config-file.js'
import { ENVIRONMENT } from '../../config/environment.js'
import { SpoolError } from '../../domain/errors.js'
import { defaultStateDirectory } from '../../state/paths.js'
import type { Globals } from '../global-options.js'

/** The command line and environment of the service. */
export interface ServiceSpec {
  /** Absolute paths of Node and of the command, then arguments. */
  argv: [node: string, command: string, ...string[]]
  environment: Record<string, string>
}

/** Variables with directories of spoold and agents, which are not secret. */
const DIRECTORY_VARIABLES = [
  'XDG_CONFIG_HOME',
  'XDG_STATE_HOME',
  'XDG_DATA_HOME',
  'XDG_CACHE_HOME',
  ...CERTIFICATES,
]

/**
 * The daemon as this shell would start it: with the state directory and config file as arguments if they differ from the
 * defaults, and with PATH, directories and settings of spoold from the environment. Keys and tokens of agents are never
 * included, nor are proxies, whose URLs may contain a password. Throws SpoolError `invalid_input` for values with control
 * characters.
 *
 * @param home the home directory according to the service manager
 */
export function serviceSpec({ env, paths, configFile }: Globals, home = userInfo().homedir): ServiceSpec {
  const environment = serviceEnvironment(env, home)
  const serviceEnv = { HOME: home, ...environment }
  const state = paths.root === defaultStateDirectory(serviceEnv) ? [] : ['--state-dir', paths.root]
  const config = configFile ?? defaultConfigFile(env)
  const named = config === defaultConfigFile(serviceEnv) ? [] : ['--config', config]
  const argv: ServiceSpec['argv'] = [
    process.execPath,
    commandFile(),
    'serve',
    ...state,
    ...named,
    '--log-file',
    paths.log,
  ]
  for (const text of [...argv, ...Object.values(environment)]) assertNoControls(text)
  return { argv, environment }
}

function serviceEnvironment(env: NodeJS.ProcessEnv, home: string): Record<string, string> {
  const settings = Object.values(ENVIRONMENT).map(({ variable }) => variable)
  const variables: Record<string, string> = {}
  const path = (env.PATH ?? '').split(delimiter).filter(isAbsolute).join(delimiter)
  if (path !== '') variables.PATH = path
  if (env.HOME && env.HOME !== home) variables.HOME = env.HOME
  for (const name of [...DIRECTORY_VARIABLES, ...settings]) {
    const value = env[name]
    if (value) variables[name] = value
  }
  return variables
}

function assertNoControls(text: string): void {
  if (!/\p{Cc}/u.test(text)) return
  throw new SpoolError(
    'invalid_input',
    `${JSON.stringify(text)} has control characters, which a service definition cannot contain: use another value.`,
  )
}

/** Names of variables with credentials of agents. */
const KEY = /_(API_KEY|(AUTH|OAUTH|ACCESS)_TOKEN)$/

/** Names of this shell's variables that agents may need but the service does not get: keys, proxies, their `passEnv`. */
export function omittedVariables(
  agents: Record<string, { passEnv: string[] }>,
  env: NodeJS.ProcessEnv,
): string[] {
  const wanted = new Set([...PROXIES, ...Object.values(agents).flatMap(({ passEnv }) => passEnv)])
  const included = serviceEnvironment(env, '')
  return Object.keys(env)
    .filter((name) => env[name] && !Object.hasOwn(included, name) && (wanted.has(name) || KEY.test(name)))
    .sort()
}
