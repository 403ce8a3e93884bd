import { type LoadedSettings, type LoadOptions, loadSettings } from '../config/load.js'
import type { Globals } from './global-options.js'

/** The settings for this command line. Throws SpoolError `config_invalid`. */
export function settingsOf(globals: Globals, flags: LoadOptions['flags'] = {}): LoadedSettings {
  return loadSettings({ env: globals.env, configFile: globals.configFile, flags })
}
