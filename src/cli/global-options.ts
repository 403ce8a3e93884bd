import { resolve } from 'node:path'
import type { Command } from 'commander'
import { defaultStateDirectory, type StatePaths, statePaths } from '../state/paths.js'

/** The global options, resolved. */
export interface Globals {
  env: NodeJS.ProcessEnv
  paths: StatePaths
  /** Value of `--config`. */
  configFile: string | undefined
  /** Whether a daemon may be started if none is running. */
  maySpawn: boolean
}

/** Adds the options of every command. */
export function addGlobalOptions(program: Command): void {
  program
    .option('--state-dir <dir>', 'State directory of the daemon (SPOOLD_STATE_DIR)')
    .option('--config <file>', 'Config file (SPOOLD_CONFIG)')
    .option('--no-spawn', 'Do not start a daemon if none is running (SPOOLD_NO_SPAWN=1)')
}

/** Reads the global options, wherever they are on the command line. */
export function globalsOf(command: Command, env: NodeJS.ProcessEnv = process.env): Globals {
  const options: { stateDir?: string; config?: string; spawn?: boolean } = command.optsWithGlobals()
  const root = options.stateDir === undefined ? defaultStateDirectory(env) : resolve(options.stateDir)
  return {
    env,
    paths: statePaths(root),
    configFile: options.config === undefined ? undefined : resolve(options.config),
    maySpawn: options.spawn !== false && !isOn(env.SPOOLD_NO_SPAWN),
  }
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}
