#!/usr/bin/env node
// As gemini: it says that its turn is done, and ends only when the file GATE is there.
import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`)

if (process.argv[2] === '--version') process.stdout.write('1.0.0\n')
else {
  say({ type: 'init', session_id: 's' })
  say({ type: 'message', role: 'assistant', content: 'before', delta: true })
  say({ type: 'result', status: 'success' })
  while (!existsSync(process.env.GATE)) await pause(20)
}
