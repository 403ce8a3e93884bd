import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import type { OperatorService } from '../../src/domain/service.js'
import { writeDaemonFile } from '../../src/state/daemon-file.js'
import { statePaths } from '../../src/state/paths.js'
import { type FrontDoor, openFrontDoor, TOKENS } from './http-server.js'

/**
 * A front door that clients find by a state directory as they find a daemon: with daemon.json and the token file. A
 * second one for the same directory is what a restart looks like: another operator token, and another port.
 */
export async function openStateFrontDoor(
  stateDirectory: string,
  service: OperatorService,
  options: { port?: number; operatorToken?: string } = {},
): Promise<FrontDoor> {
  const paths = statePaths(stateDirectory)
  const operator = options.operatorToken ?? TOKENS.operator
  mkdirSync(paths.root, { recursive: true, mode: 0o700 })
  writeFileSync(paths.token, `${TOKENS.client}\n`, { mode: 0o600 })
  const door = await openFrontDoor(service, { ...options, tokens: { client: TOKENS.client, operator } })
  writeDaemonFile(paths.daemon, {
    pid: process.pid,
    url: door.url,
    version: '1.2.3',
    started_at: '2026-01-02T12:00:00.000Z',
    operator_token: operator,
  })
  return door
}

/** What a daemon that closes well leaves behind. */
export function removeDaemonJson(stateDirectory: string): void {
  rmSync(statePaths(stateDirectory).daemon, { force: true })
}
