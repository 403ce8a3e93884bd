/*
 * Preloaded into a daemon by NODE_OPTIONS. It watches what the daemon does to the database, to its files and with processes,
 * and at the point that SPOOLD_FAILPOINT names ("POINT N": the n-th time that it comes there) it is gone, as by kill -9.
 * The names of the points are in kill-points.ts; nothing in the product knows of them.
 */
import childProcess from 'node:child_process'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { statementPrototype } from './statement-prototype.mjs'

const order = process.env.SPOOLD_FAILPOINT
delete process.env.SPOOLD_FAILPOINT
delete process.env.NODE_OPTIONS
if (order !== undefined && process.argv.includes('serve')) arm(order)

function arm(text) {
  const place = text.lastIndexOf(' ')
  const point = text.slice(0, place)
  let left = Number(text.slice(place + 1))
  const come = (name) => {
    if (name !== point) return
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
  }
  watchSqlite(come)
  watchProcesses(come)
  watchFiles(come)
}

/** What a statement does, by the tables and columns that it names. */
const MEANINGS = [
  ['chunks', /^insert into "?chunks/i],
  ['finish', /^update "?tasks"? set .*completed_at/is],
  ['claim', /^update "?tasks"? set .*"attempt"/is],
  ['record', /^update "?tasks"? set .*"pid"/is],
  ['answer', /^update "?tasks"? set .*"?answer/is],
  ['stop', /^update "?tasks"? set .*stop_reason/is],
  ['hide', /^update "?tasks"? set purged_at/is],
  ['purge', /^delete from "?(chunks|tasks|sessions)/i],
  ['create', /^insert into "?tasks/i],
  ['migrate', /^(create|drop|alter|insert into "?__)/i],
]

function watchSqlite(come) {
  const prototype = statementPrototype()
  const { run } = prototype
  let done = new Set()
  prototype.run = function watched(...values) {
    const source = this.source.replace(/^(\s|--.*\n)+/, '')
    if (source.startsWith('BEGIN')) done = new Set()
    if (source === 'COMMIT') {
      come('before any commit')
      for (const name of done) come(`before the commit of ${name}`)
    }
    const result = run.apply(this, values)
    come('after any statement')
    if (source === 'COMMIT') {
      come('after any commit')
      for (const name of done) come(`after the commit of ${name}`)
    } else {
      const meaning = MEANINGS.find(([, pattern]) => pattern.test(source))
      if (meaning !== undefined) {
        done.add(meaning[0])
        come(`inside ${meaning[0]}`)
      }
    }
    return result
  }
}

function watchProcesses(come) {
  const { spawn } = childProcess
  childProcess.spawn = (...order) => {
    come('before a process is started')
    const child = spawn(...order)
    come('after a process was started')
    return child
  }
  syncBuiltinESMExports()
}

function watchFiles(come) {
  const { mkdir, rm, open, link, readFile } = fs.promises
  const watch = (name, does) =>
    async function watched(...values) {
      if (String(values[0]).includes('/spool/')) come(`before ${name}`)
      const result = await does(...values)
      if (String(values[0]).includes('/spool/')) come(`after ${name}`)
      return result
    }
  fs.promises.mkdir = watch('a spool is made', mkdir)
  fs.promises.rm = watch('a file of a spool is removed', rm)
  fs.promises.open = watch('a file of a spool is opened', open)
  fs.promises.link = watch('a claim is made', link)
  fs.promises.readFile = watch('a file of a spool is read', readFile)
  syncBuiltinESMExports()
}
