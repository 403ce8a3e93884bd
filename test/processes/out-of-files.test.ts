import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const FIXTURE = join(import.meta.dirname, '..', 'fixtures', 'out-of-files.mjs')
const run = promisify(execFile)

it.each([0, 1, 2, 3, 4, 5, 6])(
  'a daemon with %i free file descriptors survives failing to start a process',
  async (left) => {
    const command = 'ulimit -n 256; exec "$0" "$1" "$2"'
    const { stdout } = await run('sh', ['-c', command, process.execPath, FIXTURE, String(left)])
    expect(stdout).toMatch(/^(done|EMFILE|EAGAIN) (done|launch_error|storage_\w+)$/)
  },
)
