/*
 * `node run.js MODULE`: runs one turn of an agent module in the process of the task. The turn comes as JSON on standard
 * input; output goes as events to file descriptor 3 (see agents/module.ts). All imports are static, so replacing the package
 * does not affect a running turn.
 */
import { text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { errorMessage } from './error-message.js'
import { eventWriter } from './event-writer.js'
import { LoadError, loadAgent } from './load.js'
import { createOutput } from './output.js'
import type { ModuleTurn } from './turn.js'
import { writeResult } from './write-result.js'

const EVENTS_FD = 3

const [, , modulePath = ''] = process.argv
const write = eventWriter(EVENTS_FD)
const cancelling = new AbortController()
let isOver = false

process.on('SIGTERM', () => cancelling.abort())
// Includes unhandled rejections.
process.on('uncaughtException', fail)
process.on('beforeExit', () => {
  exitWith('The function of the agent has not returned, and nothing is left that it could wait for.')
})
process.on('exit', (code) => {
  if (!isOver)
    reportFailure(`The module exited the process (exit code ${code}) before its function returned.`)
})

runTurn().catch(fail)

async function runTurn(): Promise<void> {
  const turn = JSON.parse(await text(process.stdin)) as ModuleTurn
  const agent = await loadAgent(modulePath)
  const result = await agent({ ...turn, signal: cancelling.signal }, createOutput(write))
  await writeResult(result, write)
  isOver = true
  write({ event: 'done' })
  // A timer or an open connection of the module must not keep the task running.
  process.exit(0)
}

function fail(error: unknown): void {
  const isStop = cancelling.signal.aborted && error instanceof Error && error.name === 'AbortError'
  if (!isStop)
    process.stderr.write(`${inspect(error instanceof LoadError ? (error.cause ?? error) : error)}\n`)
  exitWith(errorMessage(error))
}

function exitWith(sentence: string): void {
  reportFailure(sentence)
  process.exit(1)
}

function reportFailure(error: string): void {
  if (!isOver) write({ event: 'failed', error })
  isOver = true
}
