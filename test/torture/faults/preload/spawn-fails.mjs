// Preloaded into a daemon: while the file TORTURE_SPAWN exists, no process can be started. The file contains the error number
// (uv_errno).
import { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'

const file = process.env.TORTURE_SPAWN ?? ''

const spawn = ChildProcess.prototype.spawn
ChildProcess.prototype.spawn = function (options) {
  const error = failure()
  // The native handle fails, so that Node's own error handling is tested too.
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
