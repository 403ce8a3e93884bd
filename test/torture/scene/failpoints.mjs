/*
 * Preloaded into a daemon by NODE_OPTIONS. Watches what the daemon does to its database, files and processes, and kills it
 * as with kill -9 at the point that SPOOLD_FAILPOINT names ("POINT N": the N-th time that the daemon reaches the point).
 * kill-points.ts lists the points; the product does not know them.
 */
import childProcess from 'node:child_process'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { statementPrototype } from './statement-prototype.mjs'

const failpoint = process.env.SPOOLD_FAILPOINT
delete process.env.SPOOLD_FAILPOINT
delete process.env.NODE_OPTIONS
if (failpoint !== undefined && process.argv.includes('serve')) arm(failpoint)

function arm(text) {
  const space = text.lastIndexOf(' ')
  const point = text.slice(0, space)
  let left = Number(text.slice(space + 1))
  const reach = (name) => {
    if (name !== point) return
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
  }
  watchSqlite(reach)
  watchProcesses(reach)
  watchFiles(reach)
}

/** What a statement does, recognized by its tables and columns. */
const MEANINGS = [
  ['chunks', /^insert into "?chunks/i],
  ['finish', /^update "?tasks"? set .*completed_at/is],
  ['claim', /^update "?tasks"? set .*"attempt"/is],
  ['record', /^update "?tasks"? set .*"pid"/is],
  ['response', /^update "?tasks"? set .*"?answer/is],
  ['stop', /^update "?tasks"? set .*stop_reason/is],
  ['hide', /^update "?tasks"? set purged_at/is],
  ['purge', /^delete from "?(chunks|tasks|sessions)/i],
  ['create', /^insert into "?tasks/i],
  ['migrate', /^(create|drop|alter|insert into "?__)/i],
]

function watchSqlite(reach) {
  const prototype = statementPrototype()
  const { run } = prototype
  let done = new Set()
  prototype.run = function watched(...values) {
    const source = this.source.replace(/^(\s|--.*\n)+/, '')
    if (source.startsWith('BEGIN')) done = new Set()
    if (source === 'COMMIT') {
      reach('before any commit')
      for (const name of done) reach(`before the commit of ${name}`)
    }
    const result = run.apply(this, values)
    reach('after any statement')
    if (source === 'COMMIT') {
      reach('after any commit')
      for (const name of done) reach(`after the commit of ${name}`)
    } else {
      const meaning = MEANINGS.find(([, pattern]) => pattern.test(source))
      if (meaning !== undefined) {
        done.add(meaning[0])
        reach(`inside ${meaning[0]}`)
      }
    }
    return result
  }
}

function watchProcesses(reach) {
  const { spawn } = childProcess
  childProcess.spawn = (...args) => {
    reach('before a process is started')
    const child = spawn(...args)
    reach('after a process was started')
    return child
  }
  syncBuiltinESMExports()
}

function watchFiles(reach) {
  const { mkdir, rm, open, link, readFile } = fs.promises
  const watch = (name, original) =>
    async function watched(...values) {
      if (String(values[0]).includes('/spool/')) reach(`before ${name}`)
      const result = await original(...values)
      if (String(values[0]).includes('/spool/')) reach(`after ${name}`)
      return result
    }
  fs.promises.mkdir = watch('a spool is made', mkdir)
  fs.promises.rm = watch('a file of a spool is removed', rm)
  fs.promises.open = watch('a file of a spool is opened', open)
  fs.promises.link = watch('a claim is made', link)
  fs.promises.readFile = watch('a file of a spool is read', readFile)
  syncBuiltinESMExports()
}
