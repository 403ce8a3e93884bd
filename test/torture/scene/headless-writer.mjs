#!/usr/bin/env node
/*
 * The writer of writer.mjs as an agent that prints one JSON event per line, in the format of WRITER_FORMAT: gemini, claude or
 * kiro-cli. The prompt is JSON, in an argument or on standard input. Each start is recorded in the file WRITER_STARTS.
 */
import { appendFileSync, readFileSync, writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { randomFrom } from '../../../bench/harness/random.mjs'
import { textOf } from './writer.mjs'

const FORMATS = {
  gemini: {
    begin: () => ({ type: 'init', session_id: 's' }),
    text: (content) => ({ type: 'message', role: 'assistant', content, delta: true }),
    end: () => ({ type: 'result', status: 'success' }),
  },
  claude: {
    begin: () => ({ type: 'system', subtype: 'init', session_id: 's' }),
    text: (text) => ({
      type: 'stream_event',
      session_id: 's',
      event: { type: 'content_block_delta', delta: { type: 'text_delta', text } },
    }),
    end: (result) => ({ type: 'result', subtype: 'success', is_error: false, session_id: 's', result }),
  },
  kiro: {
    begin: () => ({
      type: 'runStarted',
      data: { payloadSchema: 'acp', acpProtocolVersion: 1, engine: 'v2' },
    }),
    text: (text) => ({
      type: 'sessionUpdate',
      data: {
        sessionId: 's',
        update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } },
      },
    }),
    end: (finalText) => ({
      type: 'runFinished',
      data: {
        sessionId: 's',
        status: 'success',
        stopReason: 'end_turn',
        finalText,
        finalTextTruncated: false,
      },
    }),
  },
}

const args = process.argv.slice(2)
if (args[0] === '--version') process.stdout.write('2.19.2\n')
else if (args[0] === 'whoami' || args[1] === 'status') process.stdout.write('Logged in\n')
else await write()

async function write() {
  appendFileSync(process.env.WRITER_STARTS, `${process.env.SPOOLD_TASK_ID}\n`)
  const { begin, text: toEvent, end } = FORMATS[process.env.WRITER_FORMAT]
  const { seed, bytes, pauseMs } = JSON.parse(
    args.find((arg) => arg.startsWith('{')) ?? readFileSync(0, 'utf8'),
  )
  const random = randomFrom(seed + 1)
  const text = textOf(seed, bytes)
  const characters = [...text]
  print(begin(), random)
  for (let start = 0; start < characters.length; ) {
    const next = start + 1 + Math.floor(random() * 100)
    print(toEvent(characters.slice(start, next).join('')), random)
    start = next
    await pause(random() * pauseMs)
  }
  print(end(text), random)
}

/** Prints an event in two writes, split anywhere. */
function print(event, random) {
  const line = Buffer.from(`${JSON.stringify(event)}\n`)
  const cut = Math.floor(random() * line.length)
  writeSync(1, line.subarray(0, cut))
  writeSync(1, line.subarray(cut))
}
