import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { statePaths } from '../../src/state/paths.js'
import { SCHEMA_VERSION } from '../../src/store/schema-version.js'
import { startDaemonProcess, stopDaemonAfterwards } from '../helpers/daemon-process.js'
import { GATED_AGENT, writeConfigBeside } from '../helpers/gate.js'
import { killProcessesWith } from '../helpers/processes.js'
import { runCli } from '../helpers/run-cli.js'
import { tempDirectory, tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'
import { downgrade } from '../torture/migrations/downgrade.js'
import { olderSchemas } from '../torture/migrations/released-schemas.js'

/** The state of an older spoold: its database, an ended task, and a running one. */
async function olderState(schema: number) {
  const stateDirectory = tempState()
  const env = {
    SPOOLD_CONFIG: writeConfigBeside(stateDirectory, {
      agents: { gated: GATED_AGENT },
      defaultAgent: 'gated',
    }),
  }
  const { database } = statePaths(stateDirectory)
  const cli = (...args: string[]) => runCli(args, { stateDirectory, env })
  await startDaemonProcess({ stateDirectory, env })
  stopDaemonAfterwards(stateDirectory)
  await cli('exec', '--', 'echo', 'of old')
  const gate = join(tempDirectory('gate'), 'gate')
  const running = (await cli('run', '--detach', '--cwd', '/', gate)).stdout.trim()
  onTestFinished(() => killProcessesWith(`SPOOLD_TASK_ID=${running}`))
  await waitFor('its first output', async () =>
    (await cli('tail', running, '--no-follow')).stdout.includes('before'),
  )
  await cli('stop')
  downgrade(database, olderSchemas().get(schema) as number)
  return { cli, database, gate, running }
}

function versionOf(file: string): unknown {
  const db = new Database(file, { readonly: true })
  try {
    return db.pragma('user_version', { simple: true })
  } finally {
    db.close()
  }
}

describe.each([...olderSchemas().keys()])('an upgrade from schema %i', (schema) => {
  test('promise 4: makes a copy, migrates, and running tasks continue to their end', async () => {
    const { cli, database, gate, running } = await olderState(schema)
    const { stdout, code } = await cli('restart')
    expect(stdout).toContain(
      `Upgraded the database from schema ${schema} to ${SCHEMA_VERSION}; the copy from before is ${database}.schema-${schema}\n`,
    )
    expect(code).toBe(0)
    expect(versionOf(database)).toBe(SCHEMA_VERSION)
    expect(versionOf(`${database}.schema-${schema}`)).toBe(schema)
    writeFileSync(gate, '')
    expect(await cli('tail', running)).toMatchObject({ stdout: 'before 日本 after é', code: 5 })
    expect((await cli('tail', '@-2')).stdout).toBe('of old\n')
    expect((await cli('restart')).stdout).not.toContain('brought')
  })
})

describe('a database of a newer spoold', () => {
  test('promise 10: restart is refused before it ends the daemon, and names the copy to go back to', async () => {
    const { cli, database } = await olderState(1)
    await cli('start')
    const copy = `${database}.schema-1`
    expect(existsSync(copy)).toBe(true)
    // As a newer spoold leaves it while its daemon runs.
    const db = new Database(database)
    db.pragma('user_version = 99')
    db.close()
    const rejected = await cli('restart')
    expect(rejected.stderr).toContain(`${database} was written by a newer spoold (schema 99`)
    expect(rejected.stderr).toContain(`and copy ${copy} to ${database}`)
    expect(rejected.code).toBe(3)
    expect((await cli('status')).code, 'the daemon goes on').toBe(0)
    await cli('stop')
    const started = await cli('ls')
    expect(started.stderr).toContain(copy)
    expect(started.code).toBe(3)
  })
})
