import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROJECT } from '../helpers/build.js'
import { tempDirectory } from '../helpers/temp-state.js'

/** Mounts need root, or user namespaces. Where there is neither, a small disk cannot be had. */
const UNSHARE = process.getuid?.() === 0 ? ['-m'] : ['-rm']
const canMount = spawnSync('unshare', [...UNSHARE, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0

const RUNNER = join(PROJECT, 'dist', 'src', 'module-runner', 'run.js')

test.skipIf(!canMount)('what an agent says to a full disk is written whole when there is room again', () => {
  const directory = tempDirectory('module-runner')
  const disk = join(directory, 'disk')
  mkdirSync(disk)
  const module = join(directory, 'agent.mjs')
  writeFileSync(
    module,
    `export default ({ message }, output) => {
      console.log('speaking')
      for (let line = 0; line < 200; line += 1) output.text(message)
    }`,
  )
  const message = 'é'.repeat(500)
  const session = { id: 'session-1', memory: null }
  const order = JSON.stringify({ message, session, model: null, workingDirectory: '/' })
  // The room comes after the agent has begun to speak, and has had a moment to run into the end of the disk.
  const script = `
    mount -t tmpfs -o size=1m,mode=0700 none "$1"
    cat /dev/zero >"$1/filler" 2>/dev/null
    cat >"$2.order"
    "$3" "$4" "$2" <"$2.order" 3>"$1/out" >"$2.log" 2>&1 &
    until [ -s "$2.log" ]; do sleep 0.1; done
    sleep 0.2
    [ ! -s "$1/out" ] || exit 70
    rm "$1/filler"
    wait $! || exit
    cat "$1/out"`
  const args = [...UNSHARE, 'sh', '-c', script, 'sh', disk, module, process.execPath, RUNNER]
  const { status, stdout } = spawnSync('unshare', args, { input: order, encoding: 'utf8' })
  const events = stdout.trim().split('\n')
  expect(status).toBe(0)
  expect(events).toHaveLength(201)
  const piece = JSON.stringify({ event: 'piece', kind: 'text', content: message })
  expect(events.slice(0, 200).every((line) => line === piece)).toBe(true)
  expect(events.at(-1)).toBe('{"event":"done"}')
})
