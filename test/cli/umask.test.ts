import { spawnSync } from 'node:child_process'
import { chownSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { BIN, cleanEnvironment } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'

/** Root passes every mode, so it is somebody else who has to get along with them. */
const NOBODY = 65_534
const asNobody =
  process.getuid?.() === 0 ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : ['env']
const canRun =
  spawnSync(asNobody[0] ?? '', [...asNobody.slice(1), process.execPath, BIN, '--version']).status === 0

test.skipIf(!canRun).each(['0777', '0277', '0000'])(
  'all works for an ordinary user under umask %s',
  (umask) => {
    const stateDirectory = tempState()
    if (process.getuid?.() === 0) chownSync(dirname(stateDirectory), NOBODY, NOBODY)
    const script = `
    umask ${umask}
    "$@" exec -- echo hello
    code=$?
    "$@" stop --cancel-tasks >/dev/null
    exit $code`
    const args = [...asNobody.slice(1), 'sh', '-c', script, 'sh', process.execPath, BIN]
    const { status, stdout, stderr } = spawnSync(asNobody[0] ?? '', args, {
      env: cleanEnvironment(stateDirectory),
      encoding: 'utf8',
      cwd: '/',
    })
    expect(stderr).not.toContain('EACCES')
    expect([status, stdout]).toEqual([0, 'hello\n'])
    expect(statSync(stateDirectory).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(stateDirectory)) {
      const found = statSync(join(stateDirectory, name))
      expect(found.mode & 0o777, name).toBe(found.isDirectory() ? 0o700 : 0o600)
    }
  },
)
