import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { expect, it } from 'vitest'
import { randomFrom } from '../../bench/harness/random.mjs'
import type { Chunk } from '../../src/domain/chunk.js'
import { readDaemonFile } from '../../src/state/daemon-file.js'
import { readOrCreateToken } from '../../src/state/token.js'
import { connectHttp, poll, type SeenChunk } from '../helpers/mcp-client.js'
import { runCli, startCli } from '../helpers/run-cli.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'
import { damageFile } from './faults/damage-file.js'
import { type FaultScene, openFaultScene } from './faults/fault-scene.js'
import { fillDatabase, type KnownTask } from './faults/filled-database.js'
import { countSame } from './faults/told-or-lost.js'
import { inForm } from './form.js'
import { report } from './report.js'

const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)
const ROUNDS = inForm({ short: 4, long: 12 })

const sum = { noticed: 0, served: 0, servedWrong: 0, kept: 0, all: 0 }

it(`promises 1, 9 and 10: a database damaged under a daemon or between two, ${ROUNDS} times: no crash, a sentence, and spoold db --recover (seed ${SEED})`, async () => {
  const random = randomFrom(SEED)
  const sound = join(tempDirectory('sound'), 'spoold.db')
  const { known } = await fillDatabase(sound, random, 12)
  for (let round = 0; round < ROUNDS; round += 1) {
    const scene = await openFaultScene()
    mkdirSync(scene.stateDirectory, { mode: 0o700 })
    for (const end of ['', '-wal']) copyFileSync(sound + end, scene.paths.database + end)
    await damageOnce(scene, known, random, round)
  }
  report({
    table: 'faults',
    what: 'database damaged under a running daemon, or between two',
    amount: `${ROUNDS} databases`,
    seen:
      `no crash; ${sum.noticed} starts or polls refused with the remedy, of ${sum.served} chunks that were served unrepaired ` +
      `${sum.servedWrong} had damage inside their text, which SQLite cannot notice; after spoold db --recover ` +
      `${sum.kept} of ${sum.all} chunks as they were`,
  })
})

async function damageOnce(
  scene: FaultScene,
  known: Map<string, KnownTask>,
  random: () => number,
  round: number,
): Promise<void> {
  const isUnder = round % 2 === 1
  if (isUnder) {
    const daemon = await scene.start()
    const client = await scene.connect()
    for (const id of [...known.keys()].slice(0, 3)) await readNow(client, id)
    const damage = damageFile(scene.paths.database + (random() < 0.3 ? '-wal' : ''), random)
    await serve(client, known)
    const order = { message: scene.gate, working_directory: '/' }
    const started = await client.callTool({ name: 'kiro_chat_async', arguments: order })
    if (started.isError) expect(JSON.stringify(started.structuredContent)).toContain('"code":"storage_')
    expect(daemon.child.exitCode, damage.what).toBeNull()
    await daemon.stop()
    sentencesOf(daemon.stderr())
  }
  const damage = damageFile(scene.paths.database, random)
  const hint = `round ${round}: ${damage.what}`
  const served = await tryDaemon(scene)
  if (served !== undefined) {
    await serve(served.client, known)
    expect(served.run.child.exitCode, hint).toBeNull()
    served.run.child.kill('SIGTERM')
    sentencesOf((await served.run.result).stderr)
  }
  const { stateDirectory } = scene
  const recovery = await runCli(['db', '--recover'], { stateDirectory })
  if (recovery.code !== 0) {
    expect(recovery.stderr, hint).toMatch(/^spoold: .*(Nothing of spoold's|newer spoold)[^\n]*\n$/)
    return
  }
  const next = await scene.start()
  const client = await scene.connect()
  for (const [id, { chunks }] of known) {
    sum.all += chunks.length
    const found = await readNow(client, id).catch((error: unknown) => {
      expect(String(error), hint).toContain('"code":"task_not_found"')
      return []
    })
    // Text that was damaged while all around it is sound is not noticed; nor can it be told how much that may be where
    // the damage came twice.
    const isTellable = !isUnder && !recovery.stdout.includes('is sound')
    sum.kept += isTellable ? countSame(chunks, found, damage, `${hint}, ${id}`) : countEqual(chunks, found)
  }
  await next.stop()
}

/** A client of the daemon that comes up; where none does, it has said why, and ended with 3. */
async function tryDaemon({ stateDirectory, paths }: FaultScene) {
  const run = startCli(['serve'], { stateDirectory })
  const file = await waitFor('a start or a refusal', () => {
    const found = readDaemonFile(paths.daemon)
    return run.child.exitCode === null ? found?.pid === run.child.pid && found : 'ended'
  })
  if (file !== 'ended') {
    const client = await connectHttp(file.url, readOrCreateToken(paths.token).token)
    return { client, run }
  }
  const { code, stderr } = await run.result
  expect(sentencesOf(stderr)).toEqual([
    expect.stringMatching(/^spoold: .*(spoold db --recover|newer spoold)/),
  ])
  expect(code).toBe(3)
  sum.noticed += 1
  return undefined
}

/** What is said to people, without the log: nothing but sentences of spoold's, no stack of a crash. */
function sentencesOf(stderr: string): string[] {
  const sentences = stderr.split('\n').filter((text) => text !== '' && !text.startsWith('{'))
  for (const sentence of sentences) expect(sentence).toMatch(/^spoold: /)
  return sentences
}

/** Every answer is a refusal that names the damage, or the chunks in their order. */
async function serve(client: Client, known: Map<string, KnownTask>): Promise<void> {
  for (const [id, { chunks }] of known) {
    try {
      const found = await readNow(client, id)
      sum.served += found.length
      sum.servedWrong += found.length - countEqual(chunks, found)
    } catch (error) {
      expect(String(error)).toMatch(/"code":"(storage_corrupt|storage_failed|task_not_found)"/)
      sum.noticed += 1
    }
  }
}

function countEqual(before: Chunk[], after: SeenChunk[]): number {
  return after.filter(({ index, content }) => content === before[index]?.content).length
}

/** All that is there of a task, without a wait for more. */
async function readNow(client: Client, taskId: string): Promise<SeenChunk[]> {
  const chunks: SeenChunk[] = []
  for (let hasMore = true; hasMore; ) {
    const answer = await poll(client, taskId, chunks.length, { wait_ms: 0 })
    expect(answer.new_chunks.map(({ index }) => index)).toEqual(
      answer.new_chunks.map((_, at) => chunks.length + at),
    )
    expect(answer.has_more && answer.new_chunks.length === 0).toBe(false)
    chunks.push(...answer.new_chunks)
    hasMore = answer.has_more
  }
  return chunks
}
