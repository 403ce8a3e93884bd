import type { Command } from 'commander'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

export function addConfig(program: Command): void {
  addExamples(
    program
      .command('config')
      .description('Show all settings and their sources')
      .option('--json', 'Print JSON')
      .action(config),
    { 'spoold config': 'List every setting with its source' },
  )
}

async function config(options: { json?: boolean }, command: Command): Promise<void> {
  const { settingsOf } = await import('./settings.js')
  const { SETTING_NAMES } = await import('../config/settings.js')
  const globals = globalsOf(command)
  const { settings, sources, configFile } = settingsOf(globals)
  if (options.json) {
    const { printJson } = await import('./terminal/json.js')
    printJson({ settings, sources, config_file: configFile, state_directory: globals.paths.root })
    return
  }
  const { renderTable } = await import('./terminal/table.js')
  const rows = SETTING_NAMES.map((name) => [
    name,
    name === 'agents' ? Object.keys(settings.agents).join(', ') : JSON.stringify(settings[name]),
    sources[name].from === 'environment' ? `environment (${sources[name].detail})` : sources[name].from,
  ])
  print(renderTable(['SETTING', 'VALUE', 'FROM'], rows))
  print(`\nconfig file      ${configFile.path}${configFile.exists ? '' : ' (does not exist)'}\n`)
  print(`state directory  ${globals.paths.root}\n`)
}
