#!/usr/bin/env node
// Prints as gemini does that its turn is done, and exits only when the file GATE exists.
import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const print = (event) => process.stdout.write(`${JSON.stringify(event)}\n`)

if (process.argv[2] === '--version') process.stdout.write('1.0.0\n')
else {
  print({ type: 'init', session_id: 's' })
  print({ type: 'message', role: 'assistant', content: 'before', delta: true })
  print({ type: 'result', status: 'success' })
  while (!existsSync(process.env.GATE)) await pause(20)
}
