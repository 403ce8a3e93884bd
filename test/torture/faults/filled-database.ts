import { copyFileSync, existsSync } from 'node:fs'
import type { Chunk, Piece } from '../../../src/domain/chunk.js'
import type { PurgeRun } from '../../../src/domain/store.js'
import type { TaskOutline } from '../../../src/domain/task.js'
import { openStore } from '../../../src/store/store.js'
import { append, completion, startedTask } from '../../contract/store.js'

export interface KnownTask {
  task: TaskOutline
  chunks: Chunk[]
}

const WORDS = ['token ', 'größe\n', 'слово ', '你好世界', '🧵🪡', 'हिन्दी ', '— ']
const KINDS = ['text', 'text', 'text', 'thought', 'tool', 'stderr', 'notice'] as const

/**
 * Creates a database as a killed daemon leaves it: ended and active tasks, small and large chunks, pages that the purge has
 * freed, and the newest content only in the write-ahead log.
 *
 * @param file the database and its log are copied to this path
 * @returns the tasks in the database, and the purged ones, which the database without its log may still contain
 */
export async function fillDatabase(
  file: string,
  random: () => number,
  tasks: number,
): Promise<{ known: Map<string, KnownTask>; purged: Map<string, KnownTask> }> {
  const live = `${file}.live`
  const store = openStore({ file: live, durability: 'normal' })
  const ids: string[] = []
  const toPurge = Math.floor(tasks / 4)
  for (let n = 0; n < tasks + toPurge; n += 1) {
    const id = `task-${letters(random, 26)}`
    const options = { id, message: contentOf(random, 4_000), ttlMs: n < toPurge ? 1 : 1e12 }
    const run = await startedTask(store, options)
    let next = 1
    for (let appends = random() * 12; appends > 0; appends -= 1) {
      const pieces = Array.from({ length: 1 + Math.floor(random() * 5) }, () => pieceOf(random))
      await store.append(append(run, next, pieces, 3_000 + next))
      next += pieces.length
    }
    const isActive = n >= toPurge && random() < 0.15
    if (!isActive) await store.finish(completion(run, 3_000 + next))
    ids.push(id)
  }
  const all = new Map<string, KnownTask>()
  for (const id of ids) {
    const page = await store.readChunks(id, { from: 0, maxBytes: 1e9 })
    if (page !== undefined) all.set(id, page)
  }
  while (!(await store.indexStep()).done);
  const purge: PurgeRun = { startedAt: 1e10, at: 1e10, trigger: 'schedule', record: null }
  for (let done = false; !done; ) {
    const step = await store.purgeStep({ expiredAt: 1e10, sessionsUnusedSince: 0 }, purge)
    done = step.done
    purge.record = step.record
  }
  const known = new Map<string, KnownTask>()
  const purged = new Map<string, KnownTask>()
  for (const [id, task] of all) {
    const exists = (await store.getTask(id)) !== undefined
    ;(exists ? known : purged).set(id, task)
  }
  for (const suffix of ['', '-wal']) {
    if (existsSync(live + suffix)) copyFileSync(live + suffix, file + suffix)
  }
  store.close()
  return { known, purged }
}

function letters(random: () => number, count: number): string {
  return Array.from({ length: count }, () => Math.floor(random() * 32).toString(32)).join('')
}

function pieceOf(random: () => number): Piece {
  const kind = KINDS[Math.floor(random() * KINDS.length)] ?? 'text'
  return { kind, content: contentOf(random, random() < 0.15 ? 30_000 : 300) }
}

function contentOf(random: () => number, maxBytes: number): string {
  let content = ''
  for (let left = 1 + random() * maxBytes; left > 0; left -= 8) {
    content += WORDS[Math.floor(random() * WORDS.length)]
  }
  return content
}
