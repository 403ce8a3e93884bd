import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { PROJECT } from '../helpers/build.js'
import { BIN, cleanEnvironment } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'

/** Mounts need root, or user namespaces. Where there is neither, a small disk cannot be had. */
const UNSHARE = process.getuid?.() === 0 ? ['-m'] : ['-rm']
const canMount = spawnSync('unshare', [...UNSHARE, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0

test.skipIf(!canMount).each([
  ['before anything could be made', ':'],
  ['where the lock was made already', ': >"$1/daemon.lock"'],
  ['where only the database cannot be made', ': >"$1/daemon.lock"; : >"$1/daemon.log"; : >"$1/token"'],
])('promise 10: a disk that is full at the start, %s, is told with the remedy', (_case, prepare) => {
  const stateDirectory = tempState()
  mkdirSync(stateDirectory, { mode: 0o700 })
  const script = `
    mount -t tmpfs -o size=64k,mode=0700 none "$1" && { ${prepare}; }
    cat /dev/zero >"$1/filler" 2>/dev/null
    exec "$2" "$3" serve --port 0`
  const args = [...UNSHARE, 'sh', '-c', script, 'sh', stateDirectory, process.execPath, BIN]
  const { status, stderr } = spawnSync('unshare', args, {
    env: cleanEnvironment(stateDirectory),
    encoding: 'utf8',
  })
  expect(stderr).toMatch(/^spoold: [^\n]*full[^\n]*free some space[^\n]*\n$/)
  expect(stderr).toContain(stateDirectory)
  expect(status).toBe(3)
})

test.skipIf(!canMount)(
  'a log on a full disk holds up nothing, loses no line, doubles none, and goes on',
  () => {
    const directory = tempState()
    mkdirSync(directory)
    const module = pathToFileURL(join(PROJECT, 'dist', 'src', 'daemon', 'log-file.js')).href
    const write = `
    import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
    import { openLogFile } from ${JSON.stringify(module)}
    const log = openLogFile('daemon.log', 10_000)
    const lines = (from, to) => { for (let n = from; n < to; n += 1) log.write(String(n).padStart(99) + '\\n') }
    lines(0, 50)
    try { writeFileSync('filler', Buffer.alloc(1e6)) } catch {}
    lines(50, 250)
    rmSync('filler')
    lines(250, 300)
    log.close()
    const files = readdirSync('.').sort().reverse()
    const text = files.map((file) => readFileSync(file, 'utf8')).join('')
    console.log(JSON.stringify({ files, numbers: text.trim().split('\\n').map(Number) }))`
    const script = 'mount -t tmpfs -o size=64k none "$1" && cd "$1" && exec "$2" --input-type=module -e "$3"'
    const args = [...UNSHARE, 'sh', '-c', script, 'sh', directory, process.execPath, write]
    const { status, stdout, stderr } = spawnSync('unshare', args, {
      encoding: 'utf8',
      timeout: 20_000,
      killSignal: 'SIGKILL',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const { files, numbers } = JSON.parse(stdout)
    expect(files).toEqual(['daemon.log.1', 'daemon.log'])
    expect(numbers).toEqual(Array.from({ length: 300 }, (_, place) => place))
  },
)
