/*
 * `node run.js MODULE`: runs one turn of an agent that is a JavaScript module, in the task's own process. The order
 * comes as JSON on standard input; what the agent says goes as events to file descriptor 3 (see agents/module.ts). All
 * imports are static, so that a package that is replaced meanwhile changes nothing.
 */
import { text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { eventWriter } from './event-writer.js'
import { giveResult } from './give-result.js'
import { loadAgent, NoAgent } from './load.js'
import { messageOf } from './message-of.js'
import type { ModuleOrder } from './order.js'
import { createOutput } from './output.js'

const EVENTS = 3

const [, , modulePath = ''] = process.argv
const write = eventWriter(EVENTS)
const cancelling = new AbortController()
let isOver = false

process.on('SIGTERM', () => cancelling.abort())
// Rejections that nobody handles come here too.
process.on('uncaughtException', fail)
process.on('beforeExit', () => {
  endWith(
    'The agent waits for what can never come: nothing is left to do, and its function has not returned.',
  )
})
process.on('exit', (code) => {
  if (!isOver) say(`The module ended its process (exit code ${code}) before its function had returned.`)
})

runTurn().catch(fail)

async function runTurn(): Promise<void> {
  const order = JSON.parse(await text(process.stdin)) as ModuleOrder
  const agent = await loadAgent(modulePath)
  const result = await agent({ ...order, signal: cancelling.signal }, createOutput(write))
  await giveResult(result, write)
  isOver = true
  write({ event: 'done' })
  // What the module left running, such as a timer or an open connection, must not keep the task.
  process.exit(0)
}

function fail(error: unknown): void {
  const isStop = cancelling.signal.aborted && error instanceof Error && error.name === 'AbortError'
  if (!isStop) process.stderr.write(`${inspect(error instanceof NoAgent ? (error.cause ?? error) : error)}\n`)
  endWith(messageOf(error))
}

function endWith(sentence: string): void {
  say(sentence)
  process.exit(1)
}

function say(error: string): void {
  if (!isOver) write({ event: 'failed', error })
  isOver = true
}
