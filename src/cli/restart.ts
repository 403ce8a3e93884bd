import type { Command } from 'commander'
import { type Globals, globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

export function addRestart(program: Command): void {
  addExamples(
    program
      .command('restart')
      .description('Restart the daemon on the same port; running tasks continue')
      .action(restart),
    { 'spoold restart': 'Apply an upgrade or changed settings' },
  )
}

async function restart(_options: object, command: Command): Promise<void> {
  const { settingsOf } = await import('./settings.js')
  const { readSchema, SCHEMA_VERSION } = await import('../store/schema-version.js')
  const { upgradeBackupPath } = await import('../state/upgrade-backups.js')
  const globals = globalsOf(command)
  // Validated first: the next daemon would reject invalid settings when this one is gone.
  settingsOf(globals)
  const schema = readSchema(globals.paths.database)
  const isDone = await restartService(globals)
  if (!isDone) await restartProcess(globals)
  if (schema !== undefined && schema < SCHEMA_VERSION) {
    const copy = upgradeBackupPath(globals.paths.database, schema)
    print(
      `Upgraded the database from schema ${schema} to ${SCHEMA_VERSION}; the copy from before is ${copy}\n`,
    )
  }
}

/** False if the running daemon is not the service's, or if none is running and the service is not enabled. */
async function restartService(globals: Globals): Promise<boolean> {
  const { ownService } = await import('./service/own-service.js')
  const { runningDaemon } = await import('./daemon/daemon-process.js')
  const own = await ownService(globals)
  if (own === undefined) return false
  const running = await runningDaemon(globals.paths)
  const isOfService =
    running === undefined ? globals.maySpawn && own.state.isEnabled : running.pid === own.state.pid
  if (!isOfService) return false
  const { startOwnService } = await import('./service/start-own-service.js')
  await startOwnService(globals, own)
  return true
}

async function restartProcess(globals: Globals): Promise<void> {
  const { stopDaemon } = await import('./stop.js')
  const { launchDaemon } = await import('./daemon/launch-daemon.js')
  const { daemonNotRunning } = await import('../client/unreachable.js')
  const before = await stopDaemon(globals, false)
  if (before === undefined && !globals.maySpawn) throw daemonNotRunning(globals.paths.root)
  const url = before === undefined ? undefined : new URL(before.url)
  const daemon = await launchDaemon(
    globals,
    url === undefined ? {} : { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) },
  )
  print(`spoold ${daemon.version} started: pid ${daemon.pid}, ${daemon.url}\n`)
}
