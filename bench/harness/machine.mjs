import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import Database from 'better-sqlite3'

/** Describes the machine and the versions of a run. */
export function describeMachine() {
  return {
    system: `${type()} ${release()}`,
    cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    sqlite: new Database(':memory:').prepare('SELECT sqlite_version()').pluck().get(),
    spoold: JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version,
    date: new Date().toISOString().slice(0, 10),
    loadBefore: loadavg().map((load) => Number(load.toFixed(2))),
  }
}
