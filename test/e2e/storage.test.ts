import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type DaemonFile, readDaemonFile } from '../../src/state/daemon-file.js'
import { readOrCreateToken } from '../../src/state/token.js'
import { GATED_AGENT, writeConfigBeside } from '../helpers/gate.js'
import { callTool, connectHttp, poll, readToTheEnd, textOfChunks } from '../helpers/mcp-client.js'
import { processesWith } from '../helpers/processes.js'
import { BIN, cleanEnvironment } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

/** Mounts need root or user namespaces. */
const UNSHARE = process.getuid?.() === 0 ? ['unshare', '-m'] : ['unshare', '-rm']
const canMount =
  spawnSync('sh', ['-c', `${UNSHARE.join(' ')} mount -t tmpfs -o size=1m none /tmp`]).status === 0

/** A daemon whose state is on its own disk of 4 MiB; only the spools are on another one. */
async function startOnSmallDisk(options = '') {
  const stateDirectory = tempState()
  mkdirSync(stateDirectory, { mode: 0o700 })
  const config = { agents: { gated: GATED_AGENT }, defaultAgent: 'gated' }
  const env = { SPOOLD_CONFIG: writeConfigBeside(stateDirectory, config) }
  const script = `
    mount -t tmpfs -o size=4m,mode=0700 none "$1" && mkdir -m 0700 "$1/spool" &&
    mount -t tmpfs -o size=4m,mode=0700 none "$1/spool" && ${options || ':'} && exec "$2" "$3" serve --port 0`
  const [program = '', ...args] = [
    ...UNSHARE,
    'sh',
    '-c',
    script,
    'sh',
    stateDirectory,
    process.execPath,
    BIN,
  ]
  const child = spawn(program, args, {
    env: cleanEnvironment(stateDirectory, env),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (data) => {
    stderr += data
  })
  const gone = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await gone
  })
  /** The daemon's own view of its state directory. */
  const seen = join(`/proc/${child.pid}/root`, stateDirectory)
  return { child, gone, stderr: () => stderr, stateDirectory, seen }
}

async function ready(scene: { seen: string }): Promise<DaemonFile> {
  return waitFor('the daemon', () => readDaemonFile(join(scene.seen, 'daemon.json')))
}

function fillUp(file: string): void {
  const fd = openSync(file, 'w')
  for (const size of [64 * 1024, 4 * 1024]) {
    try {
      for (;;) writeSync(fd, Buffer.alloc(size, 'x'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
  closeSync(fd)
}

describe.skipIf(!canMount)('promise 10: a disk that is full', () => {
  it('refuses new tasks with one sentence, loses nothing of the running one, and recovers by itself', async () => {
    const scene = await startOnSmallDisk()
    const { url } = await ready(scene)
    const client = await connectHttp(url, readOrCreateToken(join(scene.seen, 'token')).token)
    const gate = join(dirname(scene.stateDirectory), 'gate')
    const order = { message: gate, working_directory: '/' }
    const { task_id: taskId } = await callTool<{ task_id: string }>(client, 'kiro_chat_async', order)
    await waitFor('the first output', async () =>
      textOfChunks((await poll(client, taskId, 0)).new_chunks).includes('before'),
    )

    fillUp(join(scene.seen, 'filler'))
    const rejected = await client.callTool({ name: 'kiro_chat_async', arguments: order })
    expect(rejected).toMatchObject({ isError: true, structuredContent: { code: 'storage_full' } })
    writeFileSync(gate, '')
    await waitFor('the end of the process', () => processesWith(`SPOOLD_TASK_ID=${taskId}`).length === 0)
    expect(await poll(client, taskId, 0, { wait_ms: 0 })).toMatchObject({ is_done: false })

    rmSync(join(scene.seen, 'filler'))
    const { chunks, last } = await readToTheEnd(client, taskId)
    expect(textOfChunks(chunks)).toBe('before 日本 after é')
    expect(last).toMatchObject({ status: 'failed', exit_code: 5 })
    const { count } = await callTool<{ count: number }>(client, 'kiro_task_list', { include_done: true })
    expect(count).toBe(1)
  })
})

describe.skipIf(!canMount)('promise 8: a cancel on a full disk', () => {
  it('ends the processes at once, is refused with one sentence, and is recorded when there is room again', async () => {
    const scene = await startOnSmallDisk()
    const { url } = await ready(scene)
    const client = await connectHttp(url, readOrCreateToken(join(scene.seen, 'token')).token)
    const order = { message: '/never', working_directory: '/' }
    const { task_id: taskId } = await callTool<{ task_id: string }>(client, 'kiro_chat_async', order)
    await waitFor('the first output', async () =>
      textOfChunks((await poll(client, taskId, 0)).new_chunks).includes('before'),
    )
    fillUp(join(scene.seen, 'filler'))
    const rejected = await client.callTool({ name: 'kiro_task_cancel', arguments: { task_id: taskId } })
    expect(rejected).toMatchObject({ isError: true, structuredContent: { code: 'storage_full' } })
    await waitFor('the end of the process', () => processesWith(`SPOOLD_TASK_ID=${taskId}`).length === 0)
    rmSync(join(scene.seen, 'filler'))
    expect((await readToTheEnd(client, taskId)).last).toMatchObject({ status: 'cancelled' })
  })
})

describe.skipIf(!canMount)('promise 10: a state directory that cannot be written', () => {
  it('is named in one sentence, with exit code and nothing started', async () => {
    const scene = await startOnSmallDisk('mount -o remount,ro "$1"')
    await scene.gone
    expect(scene.child.exitCode).not.toBe(0)
    expect(scene.stderr().trim().split('\n')).toHaveLength(1)
    expect(scene.stderr()).toContain(scene.stateDirectory)
  })
})
