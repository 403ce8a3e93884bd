import { createHash } from 'node:crypto'
import Database from 'better-sqlite3'
import { expect } from 'vitest'
import { runCli } from '../../helpers/run-cli.js'
import { waitFor } from '../../helpers/wait-for.js'

export interface BigTask {
  taskId: string
  line: string
  lines: number
}

/** Starts a task that writes about `bytes` bytes as fast as it can. */
export async function startBigTask(
  stateDirectory: string,
  { seed, bytes }: { seed: number; bytes: number },
): Promise<BigTask> {
  const line = `Grüße, 你好 und ${seed} in einer Zeile\n`
  const lines = Math.floor(bytes / Buffer.byteLength(line))
  const command = `yes '${line.trimEnd()}' | head -n ${lines}`
  const started = await runCli(['exec', '--detach', '--', 'sh', '-c', command], { stateDirectory })
  expect(started).toMatchObject({ code: 0 })
  return { taskId: started.stdout.trim(), line, lines }
}

/** Waits until the task has ended, and checks that its whole output is stored. Resolves with its duration in seconds. */
export async function expectBigWhole(
  database: string,
  { taskId, line, lines }: BigTask,
  timeoutMs: number,
): Promise<number> {
  const db = new Database(database, { readonly: true })
  try {
    const head = db.prepare<[string], { status: string; duration_seconds: number }>(
      'SELECT status, duration_seconds FROM task_history WHERE task_id = ? AND completed IS NOT NULL',
    )
    const task = await waitFor('the end of the big task', () => head.get(taskId), { timeoutMs })
    expect(task.status).toBe('completed')
    const chunks = db.prepare<[string], { content: string }>(
      "SELECT content FROM task_transcript WHERE task_id = ? AND kind = 'text' ORDER BY chunk_index",
    )
    const seen = createHash('sha256')
    for (const { content } of chunks.iterate(taskId)) seen.update(content)
    const written = createHash('sha256')
    const thousand = line.repeat(1_000)
    for (let n = 0; n + 1_000 <= lines; n += 1_000) written.update(thousand)
    written.update(line.repeat(lines % 1_000))
    expect(seen.digest('hex')).toBe(written.digest('hex'))
    return task.duration_seconds
  } finally {
    db.close()
  }
}
