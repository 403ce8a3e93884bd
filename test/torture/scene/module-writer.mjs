// The writer of writer.mjs as an agent of kind `module`. Each start is recorded in the file WRITER_STARTS.
import { appendFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { randomFrom } from '../../../bench/harness/random.mjs'
import { textOf } from './writer.mjs'

export default async function* ({ message }) {
  appendFileSync(process.env.WRITER_STARTS, `${process.env.SPOOLD_TASK_ID}\n`)
  const { seed, bytes, pauseMs } = JSON.parse(message)
  const characters = [...textOf(seed, bytes)]
  const random = randomFrom(seed + 1)
  for (let start = 0; start < characters.length; ) {
    const next = start + 1 + Math.floor(random() * 100)
    yield characters.slice(start, next).join('')
    start = next
    await pause(random() * pauseMs)
  }
}
