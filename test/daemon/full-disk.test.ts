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

/** Writes numbered lines of 100 bytes to a log on a disk of its own, some of them while that is full. */
function logOnSmallDisk({ disk, largest, whileFull }: { disk: string; largest: number; whileFull: number }) {
  const directory = tempState()
  mkdirSync(directory)
  const module = pathToFileURL(join(PROJECT, 'dist', 'src', 'daemon', 'log-file.js')).href
  const write = `
    import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
    import { openLogFile } from ${JSON.stringify(module)}
    const log = openLogFile('daemon.log', ${largest})
    const lines = (from, to) => { for (let n = from; n < to; n += 1) log.write(String(n).padStart(99) + '\\n') }
    lines(0, 50)
    try { writeFileSync('filler', Buffer.alloc(1e7)) } catch {}
    lines(50, 50 + ${whileFull})
    rmSync('filler')
    lines(50 + ${whileFull}, 100 + ${whileFull})
    log.close()
    const files = readdirSync('.').sort().reverse()
    const text = files.map((file) => readFileSync(file, 'utf8')).join('')
    console.log(JSON.stringify({ files, numbers: text.trim().split('\\n').map(Number) }))`
  const script = `mount -t tmpfs -o size=${disk} none "$1" && cd "$1" && exec "$2" --input-type=module -e "$3"`
  const args = [...UNSHARE, 'sh', '-c', script, 'sh', directory, process.execPath, write]
  const { status, stdout, stderr } = spawnSync('unshare', args, {
    encoding: 'utf8',
    timeout: 120_000,
    killSignal: 'SIGKILL',
    maxBuffer: 64e6,
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return JSON.parse(stdout) as { files: string[]; numbers: number[] }
}

test.skipIf(!canMount)(
  'a log on a full disk holds up nothing, loses no line, doubles none, and goes on',
  () => {
    const { files, numbers } = logOnSmallDisk({ disk: '64k', largest: 10_000, whileFull: 200 })
    expect(files).toEqual(['daemon.log.1', 'daemon.log'])
    expect(numbers).toEqual(Array.from({ length: 300 }, (_, place) => place))
  },
)

test.skipIf(!canMount)('what waits for a full disk is bounded: the oldest lines go, and none is cut', () => {
  const { numbers } = logOnSmallDisk({ disk: '4m', largest: 1e9, whileFull: 25_000 })
  expect(numbers.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, place) => place))
  expect(numbers).toEqual([...numbers].sort((one, other) => one - other))
  // At least half a megabyte of what waited, and all that came later.
  expect(numbers.slice(-5_050)).toEqual(Array.from({ length: 5_050 }, (_, place) => 20_050 + place))
  expect(numbers.length).toBeLessThan(20_000)
})
