import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import type { OperatorService } from '../../src/domain/service.js'
import { writeDaemonFile } from '../../src/state/daemon-file.js'
import { statePaths } from '../../src/state/paths.js'
import { openTestServer, type TestServer, TOKENS } from './http-server.js'

/**
 * A server that clients find by a state directory, as they find a daemon: with daemon.json and the token file. A second
 * one for the same directory acts as a restarted daemon: it has another operator token and another port.
 */
export async function openStateServer(
  stateDirectory: string,
  service: OperatorService,
  options: { port?: number; operatorToken?: string } = {},
): Promise<TestServer> {
  const paths = statePaths(stateDirectory)
  const operator = options.operatorToken ?? TOKENS.operator
  mkdirSync(paths.root, { recursive: true, mode: 0o700 })
  writeFileSync(paths.token, `${TOKENS.client}\n`, { mode: 0o600 })
  const server = await openTestServer(service, { ...options, tokens: { client: TOKENS.client, operator } })
  writeDaemonFile(paths.daemon, {
    pid: process.pid,
    url: server.url,
    version: '1.2.3',
    started_at: '2026-01-02T12:00:00.000Z',
    operator_token: operator,
  })
  return server
}

/** Removes daemon.json, as a daemon does when it stops. */
export function removeDaemonJson(stateDirectory: string): void {
  rmSync(statePaths(stateDirectory).daemon, { force: true })
}
