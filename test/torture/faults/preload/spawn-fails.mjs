// Preloaded into a daemon: while the file of TORTURE_SPAWN is there, the system has no room for another process; what it
// holds is the number of the error (uv_errno).
import { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'

const file = process.env.TORTURE_SPAWN ?? ''

const spawn = ChildProcess.prototype.spawn
ChildProcess.prototype.spawn = function (options) {
  const error = failure()
  // Below what Node makes of it, so that everything above is Node's own.
  if (error !== undefined) this._handle.spawn = () => error
  return spawn.call(this, options)
}

function failure() {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}
