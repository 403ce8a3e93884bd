import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { runCli } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

const MIB = 1024 * 1024
const LINE = 'Grüße, 你好 und 0123456789 in einer Zeile\n'

/** The task by `spoold show`, once it has ended. */
async function untilEnded(stateDirectory: string, taskId: string) {
  return waitFor(
    `the end of ${taskId}`,
    async () => {
      const shown = await runCli(['show', taskId, '--json'], { stateDirectory })
      const task = JSON.parse(shown.stdout)
      return task.completed_at !== null && task
    },
    { timeoutMs: 120_000, intervalMs: 200 },
  )
}

async function startWriter(stateDirectory: string, command: string): Promise<string> {
  const started = await runCli(['exec', '--detach', '--', 'sh', '-c', command], { stateDirectory })
  return started.stdout.trim()
}

describe.skipIf(process.platform !== 'linux')('a task with a very large output', () => {
  it('is stored whole in bounded memory', async () => {
    const stateDirectory = tempState()
    const env = { SPOOLD_OUTPUT_LIMIT: String(1024 * MIB) }
    const daemon = await startDaemonProcess({ stateDirectory, env })
    const lines = Math.floor((300 * MIB) / Buffer.byteLength(LINE))
    const taskId = await startWriter(stateDirectory, `yes '${LINE.trimEnd()}' | head -n ${lines}`)
    const task = await untilEnded(stateDirectory, taskId)
    expect(task).toMatchObject({ status: 'completed', text_bytes: lines * Buffer.byteLength(LINE) })
    const peakKiB = Number(
      /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${daemon.file.pid}/status`, 'utf8'))?.[1],
    )
    expect(peakKiB / 1024).toBeLessThan(290)
  }, 180_000)

  it('promise 9: is ended at the limit before it has filled the disk, and its error says how much was dropped', async () => {
    const stateDirectory = tempState()
    await startDaemonProcess({ stateDirectory })
    const taskId = await startWriter(stateDirectory, "yes '0123456789'")
    const task = await untilEnded(stateDirectory, taskId)
    expect(task).toMatchObject({ status: 'failed', end_reason: 'output_limit', text_bytes: 64 * MIB })
    const dropped = Number(/; (\d+) bytes beyond it were dropped/.exec(task.error)?.[1])
    expect(dropped).toBeGreaterThan(0)
    expect(dropped).toBeLessThan(1024 * MIB)
  }, 180_000)
})
