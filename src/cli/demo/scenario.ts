import { mkdtempSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadSettings } from '../../config/load.js'
import { VERSION } from '../../config/version.js'
import { SpoolError } from '../../domain/errors.js'
import { openStateDirectory } from '../../state/state-directory.js'
import { readOrCreateToken } from '../../state/token.js'
import type { Globals } from '../global-options.js'
import { print } from '../terminal/print.js'
import { formatCount } from '../terminal/units.js'
import { connectDemoClient, type DemoClient } from './demo-client.js'
import { startDemoDaemon } from './demo-daemon.js'
import { demoLine } from './demo-line.js'
import { type SeenChunk, type Tally, tallyChunks, tallyLines } from './tally.js'

/** Lines of the built-in writer, and after how many chunks of text the daemon is killed. */
const LINES = 60
const CHUNKS_BEFORE_KILL = 15

export interface DemoOptions {
  agent?: string
  message: string
}

/**
 * The main promise, to be watched: a client starts a task, the daemon is killed and started again, and the same
 * client continues from the same index. Resolves with whether nothing was lost or repeated.
 */
export async function runDemo(globals: Globals, options: DemoOptions): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'spoold-demo-'))
  const paths = openStateDirectory(join(directory, 'state'))
  const own = options.agent === undefined
  const configFile = own ? writeConfig(directory) : globals.configFile
  const agent = options.agent ?? 'counter'
  const message = own ? String(LINES) : options.message

  const env = own ? withoutSettings(globals.env) : globals.env
  let daemon = await startDemoDaemon({ paths, configFile, port: 0, env })
  let client: DemoClient | undefined
  try {
    printStep(`daemon started: pid ${daemon.file.pid}, ${daemon.file.url}`)
    const { toolPrefix } = loadSettings({ env, configFile }).settings
    client = await connectDemoClient(
      daemon.file.url,
      readOrCreateToken(paths.token).token,
      toolPrefix,
      VERSION,
    )
    const taskId = await client.start(agent, message, own ? directory : process.cwd())
    printStep(`task started:   ${taskId} (agent ${agent})`)

    const seen: SeenChunk[] = []
    let next = await pollUntil(client, taskId, 0, seen, () => textChunks(seen) >= CHUNKS_BEFORE_KILL)
    await daemon.end('SIGKILL')
    printStep(`daemon killed (SIGKILL); the client has seen chunks 0 to ${next - 1}`)
    const port = Number(new URL(daemon.file.url).port)
    daemon = await startDemoDaemon({ paths, configFile, port, env })
    printStep(`daemon started: pid ${daemon.file.pid}; the same client continues from chunk ${next}`)
    next = await pollUntil(client, taskId, next, seen, () => false)

    const stored: SeenChunk[] = []
    await pollUntil(
      client,
      taskId,
      0,
      stored,
      () => false,
      () => {},
    )
    const tally = own ? tallyBoth(seen, stored) : tallyChunks(seen, stored)
    report(directory, paths.database, taskId, seen, tally)
    return tally.lost === 0 && tally.repeated === 0
  } finally {
    await client?.close()
    await daemon.end('SIGTERM')
  }
}

function writeConfig(directory: string): string {
  const file = join(directory, 'config.json')
  const writer = createRequire(import.meta.url).resolve('#demo-writer')
  const counter = { kind: 'command', argv: [process.execPath, writer, '{message}'] }
  writeFileSync(file, JSON.stringify({ agents: { counter } }, null, 2))
  return file
}

/** A task that is silent for so long is not going to end any more, ms. */
const PATIENCE = 60_000

/** Polls as any client does, keeps what is new, and gives the cursor when the task is done or `enough` says so. */
async function pollUntil(
  client: DemoClient,
  taskId: string,
  from: number,
  seen: SeenChunk[],
  enough: () => boolean,
  show: (chunk: SeenChunk) => void = showChunk,
): Promise<number> {
  let next = from
  let lastNews = Date.now()
  for (;;) {
    const progress = await client.poll(taskId, next)
    if (progress.new_chunks.length > 0) lastNews = Date.now()
    if (Date.now() - lastNews > PATIENCE) {
      throw new SpoolError(
        'internal',
        `The demo's task gave nothing for ${PATIENCE / 1000} s, and has not ended.`,
      )
    }
    for (const chunk of progress.new_chunks) show(chunk)
    seen.push(...progress.new_chunks)
    next = progress.next_chunk_index
    if (progress.is_done || enough()) return next
  }
}

/** The demo of a command that counts is the same everywhere, whatever is configured. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('SPOOLD_')))
}

function tallyBoth(seen: SeenChunk[], stored: SeenChunk[]): Tally {
  const text = seen.flatMap((chunk) => (chunk.kind === 'text' ? [chunk.content] : [])).join('')
  const expected = Array.from({ length: LINES }, (_, index) => demoLine(index + 1))
  const lines = tallyLines(text, expected)
  const chunks = tallyChunks(seen, stored)
  return { lost: lines.lost + chunks.lost, repeated: lines.repeated + chunks.repeated }
}

function textChunks(seen: SeenChunk[]): number {
  return seen.filter((chunk) => chunk.kind === 'text').length
}

function report(directory: string, database: string, taskId: string, seen: SeenChunk[], tally: Tally): void {
  printStep(`${formatCount(seen.length, 'chunk')}: lost ${tally.lost}, repeated ${tally.repeated}`)
  print(
    [
      '',
      'The same history, with the stock sqlite3:',
      `  sqlite3 ${database} "SELECT chunk_index, kind, content FROM task_transcript WHERE task_id = '${taskId}'"`,
      'To remove what the demo left:',
      `  rm -r ${directory}`,
      '',
    ].join('\n'),
  )
}

function showChunk(chunk: SeenChunk): void {
  const content = chunk.content.trimEnd().replaceAll('\n', '\n              ')
  print(`  chunk ${String(chunk.index).padStart(3)}   ${content}\n`)
}

function printStep(sentence: string): void {
  print(`== ${sentence}\n`)
}
