import type { Command } from 'commander'
import { type Globals, globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

export function addRestart(program: Command): void {
  addExamples(
    program
      .command('restart')
      .description('end the daemon and start it again on the same port; running tasks survive')
      .action(restart),
    { 'spoold restart': 'after an upgrade or a change of the settings' },
  )
}

async function restart(_options: object, command: Command): Promise<void> {
  const { settingsOf } = await import('./settings.js')
  const { readSchema, SCHEMA_VERSION } = await import('../store/schema-version.js')
  const { upgradeBackupPath } = await import('../state/upgrade-backups.js')
  const globals = globalsOf(command)
  // The next daemon would refuse these, when this one is gone.
  settingsOf(globals)
  const schema = readSchema(globals.paths.database)
  const isDone = await restartService(globals)
  if (!isDone) await restartByHand(globals)
  if (schema !== undefined && schema < SCHEMA_VERSION) {
    const copy = upgradeBackupPath(globals.paths.database, schema)
    print(
      `The database was brought from schema ${schema} to ${SCHEMA_VERSION}; as it was before it is kept in ${copy}\n`,
    )
  }
}

/** False where the daemon that runs is not the service's, or none runs and the service does not start by itself. */
async function restartService(globals: Globals): Promise<boolean> {
  const { ownService } = await import('./service/own-service.js')
  const { runningDaemon } = await import('./daemon/daemon-process.js')
  const own = await ownService(globals)
  if (own === undefined) return false
  const running = await runningDaemon(globals.paths)
  const isItsOwn =
    running === undefined ? globals.maySpawn && own.state.isEnabled : running.pid === own.state.pid
  if (!isItsOwn) return false
  const { startOwnService } = await import('./service/start-own-service.js')
  await startOwnService(globals, own)
  return true
}

async function restartByHand(globals: Globals): Promise<void> {
  const { stopDaemon } = await import('./stop.js')
  const { launchDaemon } = await import('./daemon/launch-daemon.js')
  const { daemonNotRunning: noDaemon } = await import('../client/unreachable.js')
  const before = await stopDaemon(globals, false)
  if (before === undefined && !globals.maySpawn) throw noDaemon(globals.paths.root)
  const url = before === undefined ? undefined : new URL(before.url)
  const daemon = await launchDaemon(
    globals,
    url === undefined ? {} : { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) },
  )
  print(`spoold ${daemon.version} started: pid ${daemon.pid}, ${daemon.url}\n`)
}
