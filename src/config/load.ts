import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { SpoolError } from '../domain/errors.js'
import { defaultConfigFile, readConfigFile } from './config-file.js'
import { settingsFromEnvironment } from './environment.js'
import { invalidSetting } from './problem.js'
import {
  DEFAULT_SETTINGS,
  SETTING_NAMES,
  type SettingName,
  type Settings,
  settingsSchema,
} from './settings.js'

/** Where a value came from; `detail` is the variable, the flag or the file. */
export interface SettingSource {
  from: 'flag' | 'environment' | 'file' | 'default'
  detail: string | null
}

export interface LoadedSettings {
  settings: Settings
  sources: Record<SettingName, SettingSource>
  /** The config file, and whether it exists. */
  configFile: { path: string; exists: boolean }
}

export interface LoadOptions {
  env: NodeJS.ProcessEnv
  /** Value of `--config`; default SPOOLD_CONFIG, otherwise the default path, where the file may be missing. */
  configFile?: string | undefined
  /** Settings given as flags, by the name of the setting (`port` is `--port`). */
  flags?: { [Name in SettingName]?: unknown }
}

/**
 * Loads the settings. Precedence: flags, environment variables, config file, defaults. Agents of the file are added to the
 * default ones.
 * Throws SpoolError `config_invalid` that names the file, flag or variable, the field and the remedy.
 */
export function loadSettings(options: LoadOptions): LoadedSettings {
  const { env } = options
  const path = options.configFile === undefined ? defaultConfigFile(env) : resolve(options.configFile)
  const isNamed = options.configFile !== undefined || Boolean(env.SPOOLD_CONFIG)
  const exists = existsSync(path)
  if (!exists && isNamed) {
    const namedBy = options.configFile === undefined ? 'SPOOLD_CONFIG' : '--config'
    throw new SpoolError(
      'config_invalid',
      `The config file ${path} (named by ${namedBy}) does not exist: create it or use another.`,
      { field: namedBy },
    )
  }

  const values: Record<string, unknown> = { ...DEFAULT_SETTINGS }
  const sources = defaultSources()
  const take = (name: SettingName, value: unknown, source: SettingSource) => {
    const parsed = settingsSchema.shape[name].safeParse(value)
    if (!parsed.success) throw invalidSetting(describe(source), parsed.error, [name], value)
    values[name] = name === 'agents' ? { ...DEFAULT_SETTINGS.agents, ...Object(parsed.data) } : parsed.data
    sources[name] = source
  }

  const fromFile = exists ? readConfigFile(path) : {}
  for (const name of SETTING_NAMES) {
    if (fromFile[name] !== undefined) take(name, fromFile[name], { from: 'file', detail: path })
  }
  for (const { name, variable, value } of settingsFromEnvironment(env)) {
    take(name, value, { from: 'environment', detail: variable })
  }
  for (const name of SETTING_NAMES) {
    const value = options.flags?.[name]
    if (value !== undefined) take(name, value, { from: 'flag', detail: flagName(name) })
  }

  const settings = settingsSchema.parse(values)
  assertDefaultAgent(settings, sources.defaultAgent)
  return { settings, sources, configFile: { path, exists } }
}

function defaultSources(): Record<SettingName, SettingSource> {
  const entries = SETTING_NAMES.map((name) => [name, { from: 'default', detail: null }])
  return Object.fromEntries(entries) as Record<SettingName, SettingSource>
}

function flagName(name: SettingName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function describe(source: SettingSource): string {
  if (source.from === 'file') return `The config file ${source.detail}`
  if (source.from === 'environment') return `The environment variable ${source.detail}`
  return `The flag ${source.detail}`
}

function assertDefaultAgent(settings: Settings, source: SettingSource): void {
  if (Object.hasOwn(settings.agents, settings.defaultAgent)) return
  const names = Object.keys(settings.agents).join(', ')
  throw new SpoolError(
    'config_invalid',
    `${describe(source)} is not valid: defaultAgent is "${settings.defaultAgent}", but the configured agents are ${names}.`,
    { field: 'defaultAgent' },
  )
}
