import type { Command } from 'commander'
import { globalsOf } from '../globals.js'
import { examples } from '../help/examples.js'
import { say } from '../say.js'

export function addRestart(program: Command): void {
  program
    .command('restart')
    .description('end the daemon and start it again on the same port; running tasks survive')
    .action(restart)
    .addHelpText('after', examples({ 'spoold restart': 'after an upgrade or a change of the settings' }))
}

async function restart(_options: object, command: Command): Promise<void> {
  const { stopDaemon } = await import('./stop.js')
  const { launchDaemon } = await import('../launch-daemon.js')
  const { noDaemon } = await import('../../client/unreachable.js')
  const { settingsOf } = await import('../settings.js')
  const { readSchema, SCHEMA_VERSION } = await import('../../store/schema-version.js')
  const { upgradeBackupPath } = await import('../../state/upgrade-backups.js')
  const globals = globalsOf(command)
  // The next daemon would refuse these, when this one is gone.
  settingsOf(globals)
  const schema = readSchema(globals.paths.database)
  const before = await stopDaemon(globals, false)
  if (before === undefined && !globals.maySpawn) throw noDaemon(globals.paths.root)
  const url = before === undefined ? undefined : new URL(before.url)
  const daemon = await launchDaemon(
    globals,
    url === undefined ? {} : { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) },
  )
  say(`spoold ${daemon.version} started: pid ${daemon.pid}, ${daemon.url}\n`)
  if (schema !== undefined && schema < SCHEMA_VERSION) {
    const copy = upgradeBackupPath(globals.paths.database, schema)
    say(
      `The database was brought from schema ${schema} to ${SCHEMA_VERSION}; as it was before it is kept in ${copy}\n`,
    )
  }
}
