import { resolve } from 'node:path'
import type { Command } from 'commander'
import { defaultStateDirectory, type StatePaths, statePaths } from '../state/paths.js'

/** What every command understands. */
export interface Globals {
  env: NodeJS.ProcessEnv
  paths: StatePaths
  /** As given by `--config`. */
  configFile: string | undefined
  /** Whether a daemon may be started when none runs. */
  maySpawn: boolean
}

/** Adds the options that every command understands. */
export function addGlobalOptions(program: Command): void {
  program
    .option('--state-dir <dir>', 'where the daemon keeps its things (SPOOLD_STATE_DIR)')
    .option('--config <file>', 'the config file (SPOOLD_CONFIG)')
    .option('--no-spawn', 'do not start a daemon when none runs (SPOOLD_NO_SPAWN=1)')
}

/** Reads them, wherever on the line they stood. */
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
